import { createHash, randomBytes } from 'node:crypto'
import { hash } from 'bcryptjs'
import { Command } from 'commander'
import type { Config } from '../config/config.ts'
import { ROLES } from '../tenancy/principal.ts'
import { TenancyError } from '../tenancy/tenancy-error.ts'
import { editUsers, readUsersFile } from '../tenancy/users/users-editor.ts'
import type { UserRecord } from '../tenancy/users/users-schema.ts'
import { type CommandContext, configOf, readPassword, recordAct } from './command-context.ts'

const BCRYPT_COST = 12
/** Nothing is gained by more for 32 random bytes. */
const RANDOM_COST = 10

/** `tenantrag user …`: the users of the users file. */
export function userCommand(context: CommandContext): Command {
  const user = new Command('user').description('list and change the users of the users file')
  user
    .command('list')
    .description('show users, workspaces and roles; no secrets')
    .action(() => listUsers(context))
  user
    .command('add <name>')
    .description('add a user; the new key is shown once')
    .requiredOption('-w, --workspace <name...>', 'where the user works; the first is the default')
    .option('-r, --role <role>', `one of ${ROLES.join(', ')}`, 'admin')
    .option('--super-admin', 'may use routes for operators', false)
    .option('--password-stdin', 'read a password from standard input', false)
    .action((name: string, options: AddOptions) => addUser(context, name, options))
  for (const [verb, disabled] of [
    ['disable', true],
    ['enable', false],
  ] as const) {
    user
      .command(`${verb} <name>`)
      .description(`${verb} a user, whose keys and tokens ${disabled ? 'end' : 'work again'}`)
      .action((name: string) => setDisabled(context, name, disabled))
  }
  user
    .command('remove <name>')
    .description('remove a user; the workspace and its documents stay')
    .action((name: string) => removeUser(context, name))
  user
    .command('rotate-key <name>')
    .description('give a user a new key, shown once')
    .option('--keep-old', 'let the old key work too, until the next rotation without this', false)
    .action((name: string, options: { keepOld: boolean }) => rotateKey(context, name, options))
  user
    .command('set-password <name>')
    .description('read a password from standard input; tokens of the old one end')
    .action((name: string) => setPassword(context, name))
  user
    .command('hash-password')
    .description('read a password from standard input and print its bcrypt hash')
    .action(async () => context.print(await hash(await readPassword(context), BCRYPT_COST)))
  return user
}

interface AddOptions {
  readonly workspace: readonly string[]
  readonly role: string
  readonly superAdmin: boolean
  readonly passwordStdin: boolean
}

async function listUsers(context: CommandContext): Promise<void> {
  const users = await readUsersFile(configOf(context).usersFile)
  if (users.length === 0) context.print('There are no users.')
  for (const user of users) {
    const spaces = [...new Set([user.workspace, ...(user.workspaces ?? [])])].join(', ')
    const marks = [user.super_admin && 'super admin', user.disabled && 'disabled'].filter(Boolean)
    const more = marks.length > 0 ? ` (${marks.join(', ')})` : ''
    context.print(`${user.username}: ${user.role ?? 'admin'} in ${spaces}${more}`)
  }
}

async function addUser(context: CommandContext, name: string, options: AddOptions): Promise<void> {
  const config = configOf(context)
  const role = ROLES.find((known) => known === options.role)
  if (role === undefined) throw refused(`there is no role "${options.role}"`)
  const [workspace, ...workspaces] = options.workspace
  if (workspace === undefined) throw refused('name a workspace')
  const key = newKey()
  // Nobody knows the random one: such a user signs in with the key alone.
  const password = options.passwordStdin
    ? await hash(await givenPassword(context), BCRYPT_COST)
    : await hash(randomBytes(32).toString('hex'), RANDOM_COST)
  await editUsers(config.usersFile, (users) => [
    ...users,
    {
      username: name,
      password,
      api_key: digestField(key),
      workspace,
      role,
      ...(workspaces.length > 0 ? { workspaces } : {}),
      ...(options.superAdmin ? { super_admin: true } : {}),
    },
  ])
  await recordAct(config, context, 'user_added', { user: name, role })
  context.print(`Added ${name}. This key is shown once and stored as a digest:\n${key}`)
}

async function setDisabled(context: CommandContext, name: string, disabled: boolean) {
  const config = configOf(context)
  await changeUser(config, name, ({ disabled: _before, ...user }) =>
    disabled ? { ...user, disabled } : user,
  )
  await recordAct(config, context, disabled ? 'user_disabled' : 'user_enabled', { user: name })
  context.print(`${name} is ${disabled ? 'disabled' : 'enabled'}.`)
}

async function removeUser(context: CommandContext, name: string): Promise<void> {
  const config = configOf(context)
  await editUsers(config.usersFile, (users) => {
    const found = find(users, name)
    return users.filter((user) => user !== found)
  })
  await recordAct(config, context, 'user_removed', { user: name })
  context.print(`Removed ${name}. The documents of the workspace are still there.`)
}

async function rotateKey(context: CommandContext, name: string, { keepOld }: { keepOld: boolean }) {
  const config = configOf(context)
  const key = newKey()
  await changeUser(config, name, ({ api_keys: _others, ...user }) => ({
    ...user,
    api_key: digestField(key),
    ...(keepOld ? { api_keys: [digestOfField(user.api_key)] } : {}),
  }))
  await recordAct(config, context, 'user_key_rotated', { user: name, old_kept: keepOld })
  context.print(`The new key of ${name} is shown once and stored as a digest:\n${key}`)
}

async function setPassword(context: CommandContext, name: string): Promise<void> {
  const config = configOf(context)
  const password = await hash(await givenPassword(context), BCRYPT_COST)
  await changeUser(config, name, (user) => ({ ...user, password }))
  await recordAct(config, context, 'user_password_set', { user: name })
  context.print(`${name} has a new password; tokens of the old one have ended.`)
}

function changeUser(config: Config, name: string, change: (user: UserRecord) => UserRecord) {
  return editUsers(config.usersFile, (users) => {
    const found = find(users, name)
    return users.map((user) => (user === found ? change(user) : user))
  })
}

function find(users: readonly UserRecord[], name: string): UserRecord {
  const folded = name.normalize('NFC').toLowerCase()
  const found = users.find(({ username }) => username.normalize('NFC').toLowerCase() === folded)
  if (found === undefined) throw refused(`there is no user "${name}"`)
  return found
}

async function givenPassword(context: CommandContext): Promise<string> {
  const password = await readPassword(context)
  if (password.length < 8) throw refused('a password has at least 8 characters')
  // bcrypt reads no further: what comes after would not count.
  if (Buffer.byteLength(password) > 72) throw refused('a password has at most 72 bytes')
  return password
}

function newKey(): string {
  return `rag_${randomBytes(24).toString('base64url')}`
}

function digestField(key: string): string {
  return `sha256:${createHash('sha256').update(key).digest('hex')}`
}

/** A stored key as a digest, whichever way it was stored. */
function digestOfField(stored: string): string {
  return stored.startsWith('sha256:') ? stored : digestField(stored)
}

function refused(problem: string): TenancyError {
  return new TenancyError('users_edit_refused', `Nothing was changed: ${problem}`)
}
