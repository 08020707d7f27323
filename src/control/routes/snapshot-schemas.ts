import { Type } from 'typebox'
import { NullableInteger, OpenObject } from '../../routes/common-schemas.ts'
import { pageReply } from './wire-schemas.ts'

export const SnapshotBody = Type.Object({
  route: Type.String({ pattern: '^/[A-Za-z0-9/_-]{0,199}$' }),
  state: Type.Optional(OpenObject),
  expires_in: Type.Optional(Type.Integer({ minimum: 1 })),
  max_uses: Type.Optional(Type.Integer({ minimum: 1 })),
})

export const SnapshotTokenParams = Type.Object({ token: Type.String({ maxLength: 200 }) })
export const SnapshotParams = Type.Object({ snapshot_id: Type.String({ maxLength: 200 }) })

export const SnapshotsQuery = Type.Object({
  page: Type.Optional(Type.Integer({ minimum: 1 })),
  page_size: Type.Optional(Type.Integer({ minimum: 1 })),
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
