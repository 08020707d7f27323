import type { FastifyBaseLogger } from 'fastify'
import type { Config } from '../../config/config.ts'
import { fileUserOf } from '../../control/authority/actor.ts'
import { type ControlPlane, openControlPlane } from '../../control/control-plane.ts'
import { loadSealer, Sealer } from '../../control/keys/sealer.ts'
import { smtpMail } from '../../control/members/invitation-mail.ts'
import { readPrices } from '../../control/quotas/prices.ts'
import { checkedQuota, DEFAULT_QUOTA } from '../../control/quotas/quota.ts'
import type { OpenStreams } from '../../tenancy/proxy/open-streams.ts'
import type { Directory } from '../../tenancy/users/directory.ts'
import type { WorkspaceRegistry } from '../../workspaces/workspace-registry.ts'
import { serverConfig } from './server-config.ts'

export interface ControlParts {
  readonly log: FastifyBaseLogger
  readonly streams: Pick<OpenStreams, 'recheck'>
  readonly registry: WorkspaceRegistry
  /** Closes the engine of a workspace, which the next request opens anew. */
  readonly reopen: (workspace: string) => Promise<void>
  /** Asked for when it is needed; undefined where there is no users file. */
  readonly usersFile: () => Directory | undefined
  readonly onAct: (event: string, about: { readonly user: string }) => void
}

/** The control plane of a server with tenants. */
export async function buildControl(config: Config, parts: ControlParts): Promise<ControlPlane> {
  const { log, registry } = parts
  const onError = (error: unknown) => log.error({ err: error }, 'control plane')
  const { CONTROL_SECRETS_KEY: secret, PUBLIC_URL: base, SMTP_URL: url, SMTP_FROM: from } = config
  return openControlPlane({
    root: config.WORKING_DIR,
    sealer: secret === undefined ? loadSealer(config.WORKING_DIR) : new Sealer(secret),
    files: registry,
    streams: parts.streams,
    reopen: (names) => {
      for (const name of names) parts.reopen(name).catch(onError)
    },
    isForeign: (workspace) => registry.isTaken(workspace),
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
    serverConfig: serverConfig(config),
    prices: readPrices(config.MODEL_PRICES ?? '{}'),
    measure: (workspace) => registry.look(workspace),
    emptyLog: (workspace) => registry.emptyLog(workspace),
    mail: url && from ? smtpMail({ url, from, onError }) : undefined,
    linkOf:
      base === undefined
        ? undefined
        : (token) => `${base.replace(/(?<!\/)\/+$/, '')}/invitations/${token}`,
    onAct: ({ event, actor }) => parts.onAct(event, { user: actor }),
    onError,
  })
}
