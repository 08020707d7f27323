import type { OpenStreams } from '../tenancy/proxy/open-streams.ts'
import { PasswordChecker } from '../tenancy/sign-in/password.ts'
import type { Measured } from '../workspaces/measured.ts'
import { ControlDirectory } from './accounts/control-directory.ts'
import { Users } from './accounts/users.ts'
import { Acts } from './authority/acts.ts'
import { type Act, ControlCore } from './core/control-core.ts'
import type { ForeignWorkspace } from './core/free-workspace.ts'
import { ControlDatabase, controlDatabasePath } from './database/control-database.ts'
import { foldedKey } from './database/user-rows.ts'
import { KbUse } from './kbs/kb-use.ts'
import { Kbs } from './kbs/kbs.ts'
import { TenantKbs } from './kbs/tenant-kbs.ts'
import { ApiKeys } from './keys/api-keys.ts'
import { ProviderSecrets } from './keys/provider-secrets.ts'
import type { Sealer } from './keys/sealer.ts'
import type { InvitationMail } from './members/invitation-mail.ts'
import { Invitations } from './members/invitations.ts'
import { Inviters } from './members/inviters.ts'
import { Members } from './members/members.ts'
import { CpuHours } from './quotas/cpu-hours.ts'
import { CpuUsage } from './quotas/cpu-usage.ts'
import { MonthlyCalls } from './quotas/monthly-calls.ts'
import type { Prices } from './quotas/prices.ts'
import { DEFAULT_QUOTA, type Quota } from './quotas/quota.ts'
import { QuotaLedger } from './quotas/quota-ledger.ts'
import { Quotas } from './quotas/quotas.ts'
import { Spending } from './quotas/spending.ts'
import { Usage } from './quotas/usage.ts'
import { EffectiveConfigs, type ServerConfig } from './settings/effective-config.ts'
import { Deletions, type WorkspaceFiles } from './tenants/deletions.ts'
import { Tenants } from './tenants/tenants.ts'

export interface ControlPlaneOptions {
  /** The storage folder; the database is `_control/control.db` below it. */
  readonly root: string
  readonly sealer: Sealer
  readonly files: WorkspaceFiles
  readonly streams?: Pick<OpenStreams, 'recheck'> | undefined
  /** Closes the engines of these workspaces, so that they see their new settings. */
  readonly reopen?: (workspaces: readonly string[]) => void
  readonly isForeign?: ForeignWorkspace
  readonly superAdmins: readonly string[]
  readonly strict: boolean
  /** See `ControlDirectoryOptions`; nobody, unless given. */
  readonly isOperatorElsewhere?: (actorId: string) => Promise<boolean>
  readonly selfService: boolean
  readonly retentionMs: number
  readonly defaultQuota?: Quota
  /** What workspaces have of the server as long as nobody sets it. */
  readonly serverConfig?: ServerConfig
  /** What a workspace really holds and takes: cheap, and asked often. */
  readonly measure: (workspace: string) => Promise<Measured>
  /** Makes the log of a workspace's database as short as it can be. */
  readonly emptyLog?: (workspace: string) => Promise<void>
  readonly prices?: Prices
  readonly mail?: InvitationMail | undefined
  readonly linkOf?: ((token: string) => string) | undefined
  readonly onAct?: (act: Act & { readonly actor: string }) => void
  readonly onError: (error: unknown) => void
  readonly now?: () => number
}

const RESUME_EVERY_MS = 60_000

/** The parts of the control plane, on one database. */
export interface ControlPlane {
  readonly core: ControlCore
  readonly directory: ControlDirectory
  readonly users: Users
  readonly tenants: Tenants
  readonly kbs: Kbs
  readonly members: Members
  readonly invitations: Invitations
  readonly apiKeys: ApiKeys
  readonly secrets: ProviderSecrets
  readonly deletions: Deletions
  readonly acts: Acts
  readonly quotas: Quotas
  readonly kbUse: KbUse
  readonly effective: EffectiveConfigs
  readonly usage: Usage
  readonly cpu: CpuUsage
  /**
   * Call this by the one server of a database, before it serves: clears what a crash left
   * reserved, and takes up interrupted deletions, now and from time to time.
   */
  start(): Promise<void>
  close(): Promise<void>
}

/** @throws {ControlError} `database_unusable` */
export async function openControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const database = await ControlDatabase.open(controlDatabasePath(options.root))
  const { now, onAct, onError, defaultQuota = DEFAULT_QUOTA } = options
  const core = new ControlCore(database, { now, onAct })
  const passwords = new PasswordChecker()
  const superAdmins = new Set(options.superAdmins.map(foldedKey))
  const { strict, streams, reopen, linkOf, mail } = options
  const isOperatorElsewhere = options.isOperatorElsewhere ?? (async () => false)
  const directory = new ControlDirectory(core, {
    passwords,
    superAdmins,
    strict,
    isOperatorElsewhere,
    onError,
  })
  core.listen({
    accessChanged: () => {
      streams?.recheck((context) => directory.stillHolds(context)).catch(onError)
    },
    engineChanged: (workspaces) => reopen?.(workspaces),
  })
  const users = new Users(core, { passwords, superAdmins })
  const isForeign = options.isForeign ?? (async () => false)
  const { files, retentionMs } = options
  const deletions = new Deletions(core, { files, retentionMs, onError })
  const tenantKbs = new TenantKbs(core, defaultQuota)
  const ledger = new QuotaLedger(core, {
    measure: options.measure,
    ...(options.emptyLog ? { emptyLog: options.emptyLog } : {}),
    onError,
  })
  const calls = new MonthlyCalls(core, onError)
  const spending = new Spending(core)
  const { prices = {} } = options
  const hours = new CpuHours(() => core.now())
  const cpu = new CpuUsage(core, { tenantKbs, hours, onError })
  const usage = new Usage(core, { tenantKbs, spending, prices, cpu, onError })
  const kbUse = new KbUse(core, onError)
  const inviters = new Inviters({ users, isOperatorElsewhere })
  const invitations = new Invitations(core, {
    users,
    inviters,
    mail,
    ...(linkOf ? { linkOf } : {}),
  })
  let timer: NodeJS.Timeout | undefined
  const resume = () => Promise.all([deletions.resume(), ledger.refreshActive()]).catch(onError)
  return {
    core,
    directory,
    users,
    tenants: new Tenants(core, {
      selfService: options.selfService,
      defaultQuota,
      isForeign,
      levels: ledger,
    }),
    kbs: new Kbs(core, { defaultQuota, isForeign, levels: ledger }),
    members: new Members(core, { inviters, invite: (...args) => invitations.create(...args) }),
    invitations,
    apiKeys: new ApiKeys(core),
    secrets: new ProviderSecrets(core, options.sealer),
    deletions,
    acts: new Acts(core),
    quotas: new Quotas(core, {
      tenantKbs,
      ledger,
      calls,
      spending,
      cpu: hours,
      defaults: defaultQuota,
    }),
    kbUse,
    effective: new EffectiveConfigs(core, options.serverConfig ?? {}),
    usage,
    cpu,
    async start() {
      await ledger.clearPhantoms()
      void resume()
      timer = setInterval(resume, RESUME_EVERY_MS).unref()
    },
    async close() {
      clearInterval(timer)
      await deletions.idle()
      for (const part of [directory, kbUse, calls, usage, cpu]) await part.flush().catch(onError)
      await passwords.close()
      await database.close()
    },
  }
}
