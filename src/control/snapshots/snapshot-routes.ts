import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { BODY_BYTES } from '../../http/body/body-sizes.ts'
import type { Permission, RouteRule } from '../../http/route-access.ts'
import { freeObject } from '../../http/validation/free-object.ts'
import { LARGEST_COUNT } from '../../routes/common-schemas.ts'
import { admissionOf } from '../../tenancy/request/admission.ts'
import { TenancyError } from '../../tenancy/tenancy-error.ts'
import { actorOf } from '../authority/actor.ts'
import { type OnControlRefusal, reportRefusals } from '../wire/report-refusals.ts'
import { pageReply } from '../wire/wire-schemas.ts'
import { SNAPSHOT_DOCS } from './snapshot-docs.ts'
import {
  IssuedSnapshotReply,
  permissionOfView,
  type SnapshotCaller,
  SnapshotReply,
  type Snapshots,
  SnapshotViewReply,
} from './snapshots.ts'

const Count = Type.Integer({ minimum: 1, maximum: LARGEST_COUNT })

const SnapshotBody = Type.Object({
  route: Type.String({ maxLength: 200, pattern: '^/[A-Za-z0-9/_-]{0,199}$' }),
  state: Type.Optional(freeObject<Readonly<Record<string, unknown>>>({ name: 'state' })),
  expires_in: Type.Optional(Count),
  max_uses: Type.Optional(Count),
})

const SnapshotTokenParams = Type.Object({ token: Type.String({ maxLength: 200 }) })
const SnapshotParams = Type.Object({ snapshot_id: Type.String({ maxLength: 200 }) })

const SnapshotsQuery = Type.Object({
  page: Type.Optional(Count),
  page_size: Type.Optional(Count),
  cursor: Type.Optional(Type.String({ maxLength: 200 })),
})

const SnapshotsReply = pageReply(SnapshotReply)

export interface SnapshotRoutesOptions {
  readonly snapshots: Snapshots
  /** Called for callers who are refused, or ask for what is not there. */
  readonly onRefusal?: OnControlRefusal
}

const SNAPSHOT_ACCESS: RouteRule = { access: 'query:run', alsoNeeds: whatTheViewNeeds }

/** Addresses that hold a token are not written into the log. */
const QUIET = { logLevel: 'warn' } as const

/** `/api/v1/snapshots`: views that are kept under an opaque token, for others of the same tenant. */
export const snapshotRoutes: FastifyPluginAsyncTypebox<SnapshotRoutesOptions> = async (
  app,
  { snapshots, onRefusal },
) => {
  reportRefusals(app, onRefusal)
  app.post(
    '/api/v1/snapshots',
    {
      config: { access: SNAPSHOT_ACCESS, doc: SNAPSHOT_DOCS['POST /snapshots'], codedErrors: true },
      bodyLimit: BODY_BYTES.management,
      schema: { body: SnapshotBody, response: { 201: IssuedSnapshotReply } },
    },
    async (request, reply) => {
      const { state = {}, ...view } = request.body
      const issued = await snapshots.create(callerOf(request), { ...view, state })
      return reply.code(201).header('cache-control', 'no-store').send(issued)
    },
  )

  app.get(
    '/api/v1/snapshots',
    {
      config: { access: 'query:run', doc: SNAPSHOT_DOCS['GET /snapshots'], codedErrors: true },
      schema: { querystring: SnapshotsQuery, response: { 200: SnapshotsReply } },
    },
    async (request) => {
      const page = await snapshots.list(callerOf(request), request.query)
      return { ...page, items: [...page.items] }
    },
  )

  app.get(
    '/api/v1/snapshots/:token',
    {
      config: {
        access: 'query:run',
        doc: SNAPSHOT_DOCS['GET /snapshots/:token'],
        codedErrors: true,
      },
      ...QUIET,
      schema: { params: SnapshotTokenParams, response: { 200: SnapshotViewReply } },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return snapshots.read(callerOf(request), request.params.token)
    },
  )

  app.delete(
    '/api/v1/snapshots/:snapshot_id',
    {
      config: {
        access: 'query:run',
        doc: SNAPSHOT_DOCS['DELETE /snapshots/:snapshot_id'],
        codedErrors: true,
      },
      schema: { params: SnapshotParams, response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      await snapshots.revoke(callerOf(request), request.params.snapshot_id)
      return reply.code(204).send(null)
    },
  )
}

function callerOf(request: FastifyRequest): SnapshotCaller {
  const admission = admissionOf(request)
  if (admission === undefined) throw new TenancyError('missing_context', 'There is no context')
  const { principal, workspace } = admission.context
  const { role, workspaces } = principal
  return { actor: actorOf(principal), workspace, role, workspaces }
}

/** A caller who may not open a page keeps no view of it. */
function whatTheViewNeeds({ body }: FastifyRequest): readonly Permission[] {
  if (typeof body !== 'object' || body === null || !('route' in body)) return []
  return [permissionOfView(String(body.route))]
}
