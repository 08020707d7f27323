import { access, constants, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Command } from 'commander'
import type { Config } from '../../config/config.ts'
import { isLoopback, listeningHost } from '../../server/guards/open-notice.ts'
import { AuditChain } from '../../tenancy/audit/audit-chain.ts'
import { verifyAudit } from '../../tenancy/audit/audit-verify.ts'
import { controlFile } from '../../tenancy/control-files/control-folder.ts'
import { wasTenancyOn } from '../../tenancy/control-files/tenancy-mark.ts'
import { costOf, parseStoredPassword } from '../../tenancy/sign-in/password.ts'
import { readUsersFile } from '../../tenancy/users/users-editor.ts'
import type { UserRecord } from '../../tenancy/users/users-schema.ts'
import { FolderRegistry } from '../../workspaces/folder/folder-registry.ts'
import { type CommandContext, configOf } from '../command-context.ts'
import { checkTenants } from './check-tenants.ts'
import { bad, type Finding, note, ok, warn } from './doctor-finding.ts'

/** Keys and secrets that stand in somebody's documentation. */
const PUBLIC = /demo|example|changeme|change-me|secret-key|test|password|your[-_]/i
const LEAST_KEY = 20

/** `tenantrag doctor`: what is open, who can reach what, and what is weak. */
export function doctorCommand(context: CommandContext): Command {
  return new Command('doctor')
    .description('tell what is open, who reaches what, and what is weak; exit code 1 if bad')
    .action(async () => {
      const findings = await checkInstallation(configOf(context))
      for (const { level, text } of findings) context.print(`${level.padEnd(5)}${text}`)
      if (findings.some(({ level }) => level === 'bad')) context.setExitCode(1)
    })
}

/** Looks at an installation without starting it, and changes nothing. */
export async function checkInstallation(config: Config): Promise<Finding[]> {
  const usersThere = await exists(config.usersFile)
  const findings: Finding[] = []
  if (usersThere || config.usersFileRequired) findings.push(...(await checkUsers(config)))
  else if (config.multiTenant) findings.push(...(await checkTenancy(config, [])))
  else findings.push(...checkSingle(config))
  findings.push(...checkSettings(config))
  for (const folder of [config.WORKING_DIR, config.INPUT_DIR]) {
    findings.push(await checkFolder(folder))
  }
  findings.push(...(await checkFiles(config)), ...(await checkAudit(config)))
  return findings
}

async function checkUsers(config: Config): Promise<Finding[]> {
  const file = config.usersFile
  if (!(await exists(file))) return [bad(`${file} is missing: the server will not start.`)]
  const findings: Finding[] = []
  let users: UserRecord[]
  try {
    users = await readUsersFile(file)
  } catch (error) {
    return [bad(error instanceof Error ? error.message : String(error))]
  }
  const others = config.multiTenant
    ? 'they and users of the database are let in'
    : 'everybody else is refused'
  findings.push(ok(`${users.length} user(s) in ${file}; ${others}.`))
  for (const user of users) findings.push(...checkUser(user))
  return [...findings, ...(await checkTenancy(config, users))]
}

/** Who is let in, of the file or the database, and what each reaches. */
async function checkTenancy(config: Config, users: readonly UserRecord[]): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const name of ['LIGHTRAG_API_KEY', 'AUTH_ACCOUNTS'] as const) {
    if (config[name]) findings.push(bad(`${name} is set beside users: the server will not start.`))
  }
  const tenants = config.multiTenant ? checkTenants(config, users) : undefined
  findings.push(...(tenants?.findings ?? []))
  return [...findings, ...(await checkReach(config, users, tenants?.workspaces))]
}

function checkUser(user: UserRecord): Finding[] {
  const { username } = user
  const findings: Finding[] = []
  const stored = parseStoredPassword(user.password)
  if (stored?.bcrypt === undefined) {
    findings.push(warn(`${username}: the password is stored in plain text (user set-password).`))
  } else if (costOf(stored.bcrypt) < 10) {
    findings.push(warn(`${username}: the password's hash is of cost ${costOf(stored.bcrypt)}.`))
  }
  for (const key of [user.api_key, ...(user.api_keys ?? [])]) {
    if (key.startsWith('sha256:')) continue
    if (PUBLIC.test(key)) findings.push(bad(`${username}: a key looks like one of an example.`))
    else if (key.length < LEAST_KEY) findings.push(bad(`${username}: a key is short.`))
    else findings.push(note(`${username}: a key is stored in plain text (user rotate-key).`))
  }
  return findings
}

/** Who reaches which workspace, and which is reached by nobody or by several. */
async function checkReach(
  config: Config,
  users: readonly UserRecord[],
  ofTenants: ReadonlySet<string> = new Set(),
): Promise<Finding[]> {
  const reach = new Map<string, string[]>()
  for (const user of users) {
    for (const name of new Set([user.workspace, ...(user.workspaces ?? [])])) {
      const who = `${user.username} (${user.disabled ? 'disabled' : (user.role ?? 'admin')})`
      reach.set(name, [...(reach.get(name) ?? []), who])
    }
  }
  const findings = [...reach].map(([name, who]) => note(`${name} is open to ${who.join(', ')}.`))
  for (const name of await new FolderRegistry(config).list().catch((): string[] => [])) {
    if (reach.has(name) || ofTenants.has(name)) continue
    const remedy = config.multiTenant ? ' (`adopt` gives it to a tenant)' : ''
    findings.push(warn(`${name} holds documents, and nobody can reach it${remedy}.`))
  }
  return findings
}

function checkSingle(config: Config): Finding[] {
  const findings: Finding[] = []
  if (wasTenancyOn(config.WORKING_DIR)) {
    findings.push(bad('The storage was used with users and their file is gone: no start.'))
  }
  const { LIGHTRAG_API_KEY: key, AUTH_ACCOUNTS: accounts, WORKSPACE: workspace } = config
  if (!key && !accounts) {
    const host = listeningHost(config, true)
    const text = `Nobody needs a key: whoever reaches ${host}:${config.PORT} owns ${workspace}.`
    findings.push(isLoopback(host) ? warn(text) : bad(text))
  }
  if (key) {
    const weak = key.length < LEAST_KEY || PUBLIC.test(key)
    findings.push(
      weak ? bad('LIGHTRAG_API_KEY is easy to guess.') : ok(`One key opens ${workspace}.`),
    )
  }
  if (accounts && !accounts.includes('{bcrypt}')) {
    findings.push(warn('AUTH_ACCOUNTS holds plain passwords.'))
  }
  return findings
}

function checkSettings(config: Config): Finding[] {
  const findings: Finding[] = []
  const secret = config.TOKEN_SECRET
  if (secret !== undefined && Buffer.byteLength(secret) < 32) {
    findings.push(bad('TOKEN_SECRET has fewer than 32 bytes: the server will not start.'))
  } else if (secret !== undefined && (new Set(secret).size < 10 || PUBLIC.test(secret))) {
    findings.push(bad('TOKEN_SECRET is easy to guess.'))
  }
  if (config.CORS_ORIGINS.includes('*')) findings.push(warn('CORS_ORIGINS lets every site call.'))
  if (typeof config.TRUST_PROXY === 'number') {
    findings.push(
      note('TRUST_PROXY is a number: callers who bypass the proxy can choose their address.'),
    )
  }
  if (config.SIGN_IN_FREE_FAILURES === 0) findings.push(warn('Nobody slows down password guesses.'))
  if (!config.AUDIT_LOG) findings.push(warn('The audit log is off.'))
  return findings
}

async function checkFolder(folder: string): Promise<Finding> {
  if (!(await exists(folder))) {
    const parent = await writable(dirname(folder))
    return parent ? note(`${folder} will be made.`) : bad(`${folder} cannot be made.`)
  }
  if (!(await writable(folder))) return bad(`${folder} is not writable.`)
  const open = ((await stat(folder)).mode & 0o007) !== 0
  return open
    ? note(`${folder} may be entered by other accounts of this machine (chmod 700).`)
    : ok(`${folder} is writable, and for this account only.`)
}

/** Files with secrets that other accounts of the machine can read. */
async function checkFiles(config: Config): Promise<Finding[]> {
  const control = (name: string) => controlFile(config.WORKING_DIR, name)
  const findings: Finding[] = []
  for (const file of [config.usersFile, '.env', control('token_secret'), control('audit_key')]) {
    const found = await stat(file).catch(() => undefined)
    if (found === undefined) continue
    if ((found.mode & 0o022) !== 0) findings.push(bad(`${file} can be written by others.`))
    else if ((found.mode & 0o004) !== 0) {
      findings.push(warn(`${file} can be read by every account of this machine (chmod 600).`))
    }
  }
  return findings
}

async function checkAudit(config: Config): Promise<Finding[]> {
  const root = config.WORKING_DIR
  // Without a key there is no log, and looking must not make one.
  if (!(await exists(controlFile(root, 'audit_key')))) return []
  const { lines, problems } = await verifyAudit(root, new AuditChain(root))
  if (problems.length === 0) return [ok(`The audit log is whole: ${lines} lines.`)]
  return problems.map((problem) => bad(`Audit log: ${problem}`))
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined
}

async function writable(path: string): Promise<boolean> {
  return access(path, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  )
}
