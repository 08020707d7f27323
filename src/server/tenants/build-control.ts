import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyBaseLogger } from 'fastify'
import type { Config } from '../../config/config.ts'
import { fileUserOf } from '../../control/authority/actor.ts'
import { type ControlPlane, openControlPlane } from '../../control/control-plane.ts'
import { loadSealer, Sealer } from '../../control/keys/sealer.ts'
import { smtpMail } from '../../control/members/invitation-mail.ts'
import { readPrices } from '../../control/quotas/prices.ts'
import { checkedQuota, DEFAULT_QUOTA } from '../../control/quotas/quota.ts'
import { WorkspaceTrash } from '../../control/trash/workspace-trash.ts'
import type { OpenStreams } from '../../tenancy/proxy/open-streams.ts'
import type { Directory } from '../../tenancy/users/directory.ts'
import { WorkspaceStorage } from '../workspaces/workspace-storage.ts'
import type { Workspaces } from '../workspaces/workspaces.ts'

export interface ControlParts {
  readonly log: FastifyBaseLogger
  readonly streams: OpenStreams
  /** Asked for when it is needed: the engines are opened with what the control plane says. */
  readonly workspaces: () => Workspaces
  /** Likewise; undefined where there is no users file. */
  readonly usersFile: () => Directory | undefined
  readonly onAct: (event: string, about: { readonly user: string }) => void
}

/** The control plane of a server with tenants. */
export async function buildControl(config: Config, parts: ControlParts): Promise<ControlPlane> {
  const { log, workspaces } = parts
  const roots = [config.WORKING_DIR, config.INPUT_DIR]
  const storage = new WorkspaceStorage(config)
  const onError = (error: unknown) => log.error({ err: error }, 'control plane')
  const { CONTROL_SECRETS_KEY: secret, PUBLIC_URL: base, SMTP_URL: url, SMTP_FROM: from } = config
  return openControlPlane({
    root: config.WORKING_DIR,
    sealer: secret === undefined ? loadSealer(config.WORKING_DIR) : new Sealer(secret),
    files: new WorkspaceTrash({
      roots,
      whileClosed: (workspace, work) =>
        workspaces().pool.evict(workspace, async () => {
          await work()
          workspaces().forget(workspace)
        }),
    }),
    streams: parts.streams,
    reopen: (names) => {
      for (const name of names) workspaces().pool.evict(name).catch(onError)
    },
    isForeign: (workspace) => someExist(roots.map((root) => join(root, workspace))),
    superAdmins: config.LIGHTRAG_SUPER_ADMIN_USERS,
    strict: config.LIGHTRAG_MULTI_TENANT_STRICT,
    isOperatorElsewhere: async (id) => {
      const name = fileUserOf(id)
      const account = name === undefined ? undefined : parts.usersFile()?.findByUsername(name)
      return (await account)?.principal.superAdmin === true
    },
    selfService: config.TENANT_SELF_SERVICE,
    retentionMs: config.TENANT_TRASH_DAYS * 24 * 3600 * 1000,
    defaultQuota: {
      ...DEFAULT_QUOTA,
      ...checkedQuota(JSON.parse(config.TENANT_DEFAULT_QUOTA ?? '{}')),
    },
    prices: readPrices(config.MODEL_PRICES ?? '{}'),
    measure: (workspace) => storage.look(workspace),
    emptyLog: (workspace) => storage.emptyLog(workspace),
    mail: url && from ? smtpMail({ url, from, onError }) : undefined,
    linkOf:
      base === undefined
        ? undefined
        : (token) => `${base.replace(/(?<!\/)\/+$/, '')}/invitations/${token}`,
    onAct: ({ event, actor }) => parts.onAct(event, { user: actor }),
    onError,
  })
}

async function someExist(paths: readonly string[]): Promise<boolean> {
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined)
    if (found !== undefined) return true
  }
  return false
}
