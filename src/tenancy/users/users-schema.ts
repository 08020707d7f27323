import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { ROLES } from '../principal.ts'
import { WORKSPACE_PATTERN } from '../workspace-name.ts'

const USERNAME_PATTERN = '^(?! )[^\\x00-\\x1f\\x7f]{1,128}(?<! )$'
const API_KEY_PATTERN = '^[!-~]{1,512}$'

/** What each pattern asks for, in words. */
const ASKED: Readonly<Record<string, string>> = {
  [USERNAME_PATTERN]: 'must be 1 to 128 characters, none of control, no space at the ends',
  // What a header can carry unchanged.
  [API_KEY_PATTERN]: 'must be 1 to 512 printable ASCII characters without spaces',
  [WORKSPACE_PATTERN]:
    'must be 1 to 128 letters, digits, "_" or "-", and start with none of these two',
}

const ApiKey = Type.String({ pattern: API_KEY_PATTERN })
const Workspace = Type.String({ pattern: WORKSPACE_PATTERN })

const User = Type.Object(
  {
    username: Type.String({ pattern: USERNAME_PATTERN }),
    /** A bcrypt hash, or plain text. */
    password: Type.String({ minLength: 1, maxLength: 512 }),
    /** Plain, or `sha256:` and the hexadecimal digest. */
    api_key: ApiKey,
    /** Where the user works unless a request chooses another of `workspaces`. */
    workspace: Workspace,
    role: Type.Optional(Type.Enum([...ROLES])),
    /** Further workspaces the user may choose. */
    workspaces: Type.Optional(Type.Array(Workspace)),
    /** Further keys. */
    api_keys: Type.Optional(Type.Array(ApiKey)),
    disabled: Type.Optional(Type.Boolean()),
    super_admin: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)

export type UserRecord = Static<typeof User>

const userCheck = Compile(User)
const fileCheck = Compile(
  Type.Object({ users: Type.Array(Type.Unknown()) }, { additionalProperties: false }),
)

/** The users, or one sentence for each thing that is wrong, starting with its path. */
export function readUsers(value: unknown): { users: UserRecord[] } | { problems: string[] } {
  if (!fileCheck.Check(value)) return { problems: describeAll(fileCheck.Errors(value), '') }
  const users: UserRecord[] = []
  const problems: string[] = []
  // One by one: the check stops after a handful of errors, and each user shall have theirs.
  for (const [position, user] of value.users.entries()) {
    if (userCheck.Check(user)) users.push(user)
    else problems.push(...describeAll(userCheck.Errors(user), `/users/${position}`))
  }
  return problems.length > 0 ? { problems } : { users }
}

function describeAll(errors: readonly SchemaError[], base: string): string[] {
  return errors
    .filter((error) => error.keyword !== 'boolean') // twin of the additionalProperties error
    .map((error) => `${readablePath(base + error.instancePath)}: ${describe(error)}`)
}

type SchemaError = ReturnType<typeof userCheck.Errors>[number]

function describe(error: SchemaError): string {
  switch (error.keyword) {
    case 'additionalProperties':
      return `unknown field ${quoted(error.params.additionalProperties)}`
    case 'required':
      return `missing field ${quoted(error.params.requiredProperties)}`
    case 'enum':
      return `must be one of ${quoted(ROLES)}`
    case 'pattern':
      return ASKED[String(error.params.pattern)] ?? error.message
    default:
      return error.message
  }
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ')
}

/** `/users/0/api_key` becomes `users[0].api_key`. */
function readablePath(pointer: string): string {
  if (pointer === '') return 'users.json'
  return pointer
    .slice(1)
    .replaceAll(/\/(\d+)/g, '[$1]')
    .replaceAll('/', '.')
}
