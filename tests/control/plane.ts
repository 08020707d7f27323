import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Actor, OPERATOR } from '../../src/control/authority/actor.ts'
import {
  type ControlPlane,
  type ControlPlaneOptions,
  openControlPlane,
} from '../../src/control/control-plane.ts'
import { Sealer } from '../../src/control/keys/sealer.ts'
import type { TenantInfo } from '../../src/control/tenants/tenant-info.ts'
import { WorkspaceTrash } from '../../src/workspaces/folder/workspace-trash.ts'
import type { Measured } from '../../src/workspaces/measured.ts'

export const SEAL_SECRET = 'only-for-tests-only-for-tests-only-for-tests'

/** Of a workspace that is not there yet. */
export const NOTHING_MEASURED: Measured = Object.freeze({
  documents: 0,
  entities: 0,
  relations: 0,
  bytes: 0,
  storedBytes: 0,
  logBytes: 0,
  freeBytes: 0,
  unwrittenBytes: 0,
  dimension: null,
  processedText: 0,
  pending: { documents: 0, text: 0, packed: 0 },
  isBusy: false,
})

export interface TestPlane extends ControlPlane {
  readonly root: string
  readonly errors: unknown[]
  /** Closes it and opens the same folder again. */
  again(): Promise<TestPlane>
  remove(): Promise<void>
}

export async function openPlane(
  options: Partial<ControlPlaneOptions> = {},
  folder?: string,
): Promise<TestPlane> {
  const base = folder ?? (await mkdtemp(join(tmpdir(), 'tenantrag-control-')))
  const root = join(base, 'storage')
  const inputs = join(base, 'inputs')
  await mkdir(inputs, { recursive: true })
  const errors: unknown[] = []
  const plane = await openControlPlane({
    root,
    sealer: new Sealer(SEAL_SECRET),
    files: new WorkspaceTrash({ roots: [root, inputs], whileClosed: (_, work) => work() }),
    superAdmins: [],
    strict: true,
    isOperatorElsewhere: async (userId) => userId === OPERATOR.id,
    selfService: true,
    retentionMs: 1000,
    measure: async () => NOTHING_MEASURED,
    onError: (error) => errors.push(error),
    ...options,
  })
  return {
    ...plane,
    root,
    errors,
    again: async () => {
      await plane.close()
      return openPlane(options, base)
    },
    remove: async () => {
      await plane.close()
      await rm(base, { recursive: true, force: true })
    },
  }
}

/** A user, as who acts. */
export async function addUser(plane: ControlPlane, username: string): Promise<Actor> {
  const email = `${username}@example.com`
  const { user_id } = await plane.users.create(OPERATOR, { username, email })
  return { id: user_id, userId: user_id, superAdmin: false }
}

/** A tenant and its owner. */
export async function addTenant(
  plane: ControlPlane,
  name: string,
): Promise<{ readonly tenant: TenantInfo; readonly owner: Actor }> {
  const owner = await addUser(plane, `${name}-owner`)
  return { tenant: await plane.tenants.create(owner, { name }), owner }
}
