import { Type } from 'typebox'
import { freeObject } from '../../http/validation/free-object.ts'
import { LARGEST_COUNT, NullableInteger, OpenObject } from '../../routes/common-schemas.ts'
import { pageReply } from '../wire/wire-schemas.ts'

const Count = Type.Integer({ minimum: 1, maximum: LARGEST_COUNT })

export const SnapshotBody = Type.Object({
  route: Type.String({ maxLength: 200, pattern: '^/[A-Za-z0-9/_-]{0,199}$' }),
  state: Type.Optional(freeObject<Readonly<Record<string, unknown>>>({ name: 'state' })),
  expires_in: Type.Optional(Count),
  max_uses: Type.Optional(Count),
})

export const SnapshotTokenParams = Type.Object({ token: Type.String({ maxLength: 200 }) })
export const SnapshotParams = Type.Object({ snapshot_id: Type.String({ maxLength: 200 }) })

export const SnapshotsQuery = Type.Object({
  page: Type.Optional(Count),
  page_size: Type.Optional(Count),
  cursor: Type.Optional(Type.String({ maxLength: 200 })),
})

const snapshot = {
  snapshot_id: Type.String(),
  kb_id: Type.String(),
  route: Type.String(),
  created_by: Type.String(),
  created_at: Type.String(),
  expires_at: Type.String(),
  uses: Type.Integer(),
  max_uses: NullableInteger,
  is_active: Type.Boolean(),
}

export const IssuedSnapshotReply = Type.Object({ ...snapshot, token: Type.String() })

export const SnapshotViewReply = Type.Object({
  route: Type.String(),
  state: OpenObject,
  kb: Type.Object({ kb_id: Type.String(), slug: Type.String(), name: Type.String() }),
})

export const SnapshotsReply = pageReply(Type.Object(snapshot))
