import { type Edit, type HoleMutation, type NamedTest, testsOf } from '../mutation.ts'

const access = testsOf('tests/control/holes/access.test.ts')
const data = testsOf('tests/control/holes/data.test.ts')
const posture = testsOf('tests/control/holes/posture.test.ts')
const members = testsOf('tests/control/members/members.test.ts')
const isolation = testsOf('tests/isolation/routes.test.ts')
const foreignIds = testsOf('tests/control/wire/foreign-ids.test.ts')
const deletions = testsOf('tests/control/tenants/deletions.test.ts')
const pool = testsOf('tests/tenancy/pool/pool.test.ts')

const EVERY_REQUEST = access('is judged on every request, also when the engine is warm')
const REFUSED = access('that is refused opens no other workspace in its place')
const UNREADABLE = access('fails when memberships cannot be read, and says nothing of why')
const LEAST = access('is the least where what stands in its row says nothing')
const MEMBERSHIP_ALONE = access('is given by membership alone, whatever a tenant says of itself')
const LISTS = access(
  'to lists shows each caller their own tenants, and nobody without credentials any',
)
const CREDENTIAL = access(
  'needs a good credential on every route, second spellings and RAGFlow’s paths included',
)
const HEADER = access(
  'lets nobody create or list knowledge bases of a tenant by naming it in a header',
)
const OWNER = access(
  'of an owner reaches as far as the role says: it changes and deletes knowledge bases',
)
const OTHER_ROLES = access('of every other role reaches as far as that role, and no further')
const MATRIX = members('each role does what the matrix says, and nothing else')

const SETTINGS = posture(
  'is strict, asks everybody for credentials and has no super admin unless told otherwise',
)
const IN_EFFECT = posture(
  'is so in effect where nothing is set, and stays so whatever the environment says later',
)
const FOLDERS = data(
  'are of one folder each: what lies in another is neither taken in nor cleared away',
)
const EVERY_ROUTE = isolation(
  'refuses every way of reaching for it, on every route, and writes each down once',
)
const FROM_ENVIRONMENT = posture('takes no workspace for its stores from the environment')
const NAMES = data(
  'keep names apart that differ only in "-" and "_", and refuse those that differ in case',
)
const CHAT = data('answer chat programs from the caller’s own workspace')
const OWN_PROMPT = data(
  'are asked with each caller’s own system prompt, which stays with that call',
)
const DELETED: NamedTest = {
  file: 'tests/control/holes/deleted-tenant.test.ts',
  title: 'leaves no file, row, key, cache entry, job or usage, freed pages of databases included',
}
const WIDE = data('go with their tenant, however many knowledge bases it has')

const OPEN_WHILE_TRASHED: Edit = {
  file: 'src/workspaces/folder/workspace-trash.ts',
  find: '    await whileClosed(name, async () => {\n      for (const root of keepFiles',
  replace:
    '    await ((_name: string, work: () => Promise<void>) => work())(name, async () => {\n      for (const root of keepFiles',
}

const OPENED = '    const { dir, database, lock, inputs, uploads } = this.folders.of(workspace)\n'
const openedAs = (name: string) =>
  `    const { inputs, uploads } = this.folders.of(workspace)\n    const { dir, database, lock } = this.folders.of(${name})\n`

const REMOVES_FOLDERS: Edit = {
  file: 'src/workspaces/folder/upload-folder.ts',
  find: '    await rm(this.#path(name), { force: true })\n',
  replace: '    await rm(this.#path(name), { force: true, recursive: true })\n',
}

/** F-1 to F-18. */
export const FORK_ACCESS: readonly HoleMutation[] = [
  {
    hole: 'F-1',
    name: 'who names a workspace that somebody uses is let in',
    edits: [
      {
        file: 'src/tenancy/request/grant-choice.ts',
        find: 'if (naming.length > 0) return narrowed(grants, naming, isThere, denied)',
        replace:
          'if (naming.length > 0) return narrowed([...grants, ...warm], naming, isThere, denied)',
      },
      {
        file: 'src/tenancy/request/grant-choice.ts',
        find: '  return chosen\n}\n',
        replace: '  warm.add(chosen)\n  return chosen\n}\nconst warm = new Set<WorkspaceGrant>()\n',
      },
    ],
    test: EVERY_REQUEST,
  },
  {
    hole: 'F-1',
    name: 'a membership is remembered after it has ended',
    edits: [
      {
        file: 'src/control/members/members.ts',
        find: `      mutation.touch(\`tenant:\${tenant_id}\`)
      await noteMember(mutation, actor, tenant_id, user_id, 'member_removed', {})
`,
        replace: '',
      },
    ],
    test: EVERY_REQUEST,
  },
  {
    hole: 'F-1',
    name: 'a suspended tenant is served',
    edits: [
      {
        file: 'src/tenancy/request/grant-choice.ts',
        find: '  if (chosen.suspended) {',
        replace: '  if (chosen.suspended && selections.length > 9) {',
      },
    ],
    test: EVERY_REQUEST,
  },
  {
    hole: 'F-1',
    name: 'a workspace that is open is everybody’s',
    edits: [
      {
        file: 'src/tenancy/request/workspace-choice.ts',
        find: '  if (principal.workspaces.includes(workspace)) return workspace\n',
        replace:
          '  if (principal.workspaces.includes(workspace) || open.has(workspace)) return workspace\n',
      },
      {
        file: 'src/tenancy/request/workspace-choice.ts',
        find: '  if (defaultWorkspace !== undefined) return defaultWorkspace\n',
        replace:
          '  if (defaultWorkspace !== undefined) {\n    open.add(defaultWorkspace)\n    return defaultWorkspace\n  }\n',
      },
      {
        file: 'src/tenancy/request/workspace-choice.ts',
        find: 'const BY_DEFAULT: readonly string[] = Object.freeze([])',
        replace:
          'const BY_DEFAULT: readonly string[] = Object.freeze([])\nconst open = new Set<string>()',
      },
    ],
    test: {
      file: 'tests/tenancy/tenancy.test.ts',
      title: 'is refused alike for a foreign workspace, warm or cold, and for one that nobody has',
    },
  },
  {
    hole: 'F-2',
    name: 'who has no tenant gets a workspace of all',
    edits: [
      {
        file: 'src/tenancy/request/grant-choice.ts',
        find: '  if (grants.length === 0) throw none()\n',
        replace: `  if (grants.length === 0) {
    const common = { id: 'default', slug: 'default', isDefault: true }
    return [{ workspace: 'default', tenant: common, kb: common, role: 'admin', suspended: false }]
  }
`,
      },
    ],
    test: REFUSED,
  },
  {
    hole: 'F-2',
    name: 'who shows no credential gets a workspace of all',
    edits: [
      {
        file: 'src/tenancy/sign-in/directory-authenticator.ts',
        find: "  throw new TenancyError('missing_credential', 'No credentials provided. Please login.')",
        replace: `  return {
    userId: 'nobody',
    username: 'nobody',
    workspaces: ['default'],
    defaultWorkspace: 'default',
    role: 'admin',
    superAdmin: false,
  }`,
      },
    ],
    test: REFUSED,
  },
  {
    hole: 'F-2',
    name: 'who is of a suspended tenant gets a workspace of all',
    edits: [
      {
        file: 'src/tenancy/request/grant-choice.ts',
        find: "    throw new TenancyError('tenant_suspended', 'This tenant is suspended; ask your operator')",
        replace: "    return { ...chosen, workspace: 'default', suspended: false }",
      },
    ],
    test: REFUSED,
  },
  {
    hole: 'F-2',
    name: 'a caller who names what is not theirs gets what is',
    edits: [
      {
        file: 'src/tenancy/request/grant-choice.ts',
        find: '    if (!grants.some((grant) => holds(grant, selection))) throw nothing()\n',
        replace: '    if (!grants.some((grant) => holds(grant, selection))) return grants\n',
      },
    ],
    test: REFUSED,
  },
  {
    hole: 'F-2',
    name: 'a call without a context goes to a workspace of all',
    edits: [
      {
        file: 'src/tenancy/proxy/proxy.ts',
        find: '  const captured = options.context.current()\n',
        replace: `  const captured = options.context.current() ?? {
    principal: { userId: '', username: '', workspaces: [], role: 'admin', superAdmin: false, defaultWorkspace: undefined },
    workspace: 'default',
    requestId: '',
  }
`,
      },
    ],
    test: {
      file: 'tests/server/context.test.ts',
      title: 'fails every request when the tenancy hook is missing, and opens no workspace',
    },
  },
  {
    hole: 'F-4',
    name: 'who cannot be looked up is let into every tenant',
    edits: [
      {
        file: 'src/control/accounts/control-directory.ts',
        find: 'await tenantsOfUser(this.#core.db, row.user_id)',
        replace: 'await tenantsOfUser(this.#core.db, row.user_id).catch(() => [])',
      },
      {
        file: 'src/control/accounts/control-directory.ts',
        find: 'await grantsOfUser(this.#core.db, row.user_id)',
        replace: `await grantsOfUser(this.#core.db, row.user_id).catch(async () => {
      const all = await this.#core.db.selectFrom('tenants').select('tenant_id').execute()
      const held = all.map((one) => grantsInTenant(this.#core.db, one.tenant_id, 'viewer'))
      return (await Promise.all(held)).flat()
    })`,
      },
    ],
    test: UNREADABLE,
  },
  {
    hole: 'F-4',
    name: 'a tenant whose members cannot be looked up is public',
    edits: [
      {
        file: 'src/control/authority/authority.ts',
        find: "    .where('user_id', '=', actor.userId)\n    .executeTakeFirst()\n",
        replace:
          "    .where('user_id', '=', actor.userId)\n    .executeTakeFirst()\n    .catch(() => ({ role: 'viewer', kb_ids: null }))\n",
      },
    ],
    test: UNREADABLE,
  },
  {
    hole: 'F-4',
    name: 'a key does all it may when its maker cannot be looked up',
    edits: [
      {
        file: 'src/control/keys/key-access.ts',
        find: "    .where('users.disabled', '=', 0)\n    .executeTakeFirst()\n",
        replace:
          "    .where('users.disabled', '=', 0)\n    .executeTakeFirst()\n    .catch(() => ({ role: key.role, kb_ids: key.kb_ids }))\n",
      },
    ],
    test: UNREADABLE,
  },
  {
    hole: 'F-4',
    name: 'a list shows all tenants when members cannot be looked up',
    edits: [
      {
        file: 'src/control/tenants/tenant-list.ts',
        find: `  const page = await pageIn(
    rows.selectAll('tenants').select('memberships.role').select(at.as('place')),`,
        replace: `  const known = await db.selectFrom('memberships').select('role').execute().then(() => true, () => false)
  const every = db.selectFrom('tenants').selectAll('tenants').select(sql<null>\`NULL\`.as('role'))
  const page = await pageIn(
    (known ? rows.selectAll('tenants').select('memberships.role') : every).select(at.as('place')),`,
      },
    ],
    test: UNREADABLE,
  },
  {
    hole: 'F-4',
    name: 'a role that nobody knows grants most',
    edits: [
      {
        file: 'src/control/authority/tenant-permissions.ts',
        find: "?? 'viewer:read-only'",
        replace: "?? 'owner'",
      },
    ],
    test: LEAST,
  },
  {
    hole: 'F-4',
    name: 'a tenant in a state that nobody knows is active',
    edits: [
      {
        file: 'src/control/database/access-rows.ts',
        find: "suspended: row.tenant_status !== 'active',",
        replace: "suspended: row.tenant_status === 'suspended',",
      },
    ],
    test: LEAST,
  },
  {
    hole: 'F-4',
    name: 'a tenant in a state that nobody knows may be changed',
    edits: [
      {
        file: 'src/control/authority/authority.ts',
        find: "if (tenant.status !== 'active' && !reads",
        replace: "if (tenant.status === 'suspended' && !reads",
      },
    ],
    test: LEAST,
  },
  {
    hole: 'F-5',
    name: 'a tenant that calls itself public lets strangers manage it',
    edits: [
      {
        file: 'src/control/authority/authority.ts',
        find: '  const { role, kbIds } = await roleOf(db, actor, tenant.tenant_id)\n',
        replace: `  const held = await roleOf(db, actor, tenant.tenant_id)
  const open: Role | undefined = tenant.metadata.includes('"public":true') ? 'admin' : undefined
  const { role = open, kbIds } = held
`,
      },
    ],
    test: MEMBERSHIP_ALONE,
  },
  {
    hole: 'F-5',
    name: 'a tenant that calls itself public lets strangers read it',
    edits: [
      {
        file: 'src/control/authority/authority.ts',
        find: '  const { role, kbIds } = await roleOf(db, actor, tenant.tenant_id)\n',
        replace: `  const held = await roleOf(db, actor, tenant.tenant_id)
  const open: Role | undefined = tenant.metadata.includes('"visibility":"public"') ? 'viewer' : undefined
  const { role = open, kbIds } = held
`,
      },
    ],
    test: MEMBERSHIP_ALONE,
  },
  {
    hole: 'F-5',
    name: 'whom a tenant lists among its metadata is a member',
    edits: [
      {
        file: 'src/control/authority/authority.ts',
        find: '  const { role, kbIds } = await roleOf(db, actor, tenant.tenant_id)\n',
        replace: `  const held = await roleOf(db, actor, tenant.tenant_id)
  const open: Role | undefined = tenant.metadata.includes(actor.id) ? 'viewer' : undefined
  const { role = open, kbIds } = held
`,
      },
    ],
    test: MEMBERSHIP_ALONE,
  },
  {
    hole: 'F-5',
    name: 'the data of a tenant that calls itself public are everybody’s',
    edits: [
      {
        file: 'src/control/database/access-rows.ts',
        find: "    .where('memberships.user_id', '=', userId)\n    .where('tenants.status'",
        replace:
          "    .where((one) => one.or([one('memberships.user_id', '=', userId), one('tenants.metadata', 'like', '%\"public\":true%')]))\n    .where('tenants.status'",
      },
    ],
    test: MEMBERSHIP_ALONE,
  },
  {
    hole: 'F-5',
    name: 'the data of a knowledge base that calls itself public are everybody’s',
    edits: [
      {
        file: 'src/control/database/access-rows.ts',
        find: "    .where('memberships.user_id', '=', userId)\n    .where('tenants.status'",
        replace:
          "    .where((one) => one.or([one('memberships.user_id', '=', userId), one('kbs.metadata', 'like', '%\"public\":true%')]))\n    .where('tenants.status'",
      },
    ],
    test: MEMBERSHIP_ALONE,
  },
  {
    hole: 'F-5',
    name: 'a tenant that calls itself public stands in everybody’s list',
    edits: [
      {
        file: 'src/control/tenants/tenant-list.ts',
        find: "        ? rows.where('tenants.tenant_id', 'in', (select) =>\n            select\n              .selectFrom('memberships')\n              .select('memberships.tenant_id')\n              .where('memberships.user_id', '=', memberId),\n          )",
        replace:
          "        ? rows.where((one) => one.or([one('memberships.role', 'is not', null), one('tenants.metadata', 'like', '%\"public\":true%')]))",
      },
    ],
    test: MEMBERSHIP_ALONE,
  },
  {
    hole: 'F-6',
    name: 'a list shows all tenants to everybody',
    edits: [
      {
        file: 'src/control/tenants/tenant-list.ts',
        find: '  if (!all) {\n',
        replace: '  if (!all && query.mine === true) {\n',
      },
    ],
    test: LISTS,
  },
  {
    hole: 'F-6',
    name: 'a list of one’s own tenants shows all',
    edits: [
      {
        file: 'src/control/tenants/tenant-list.ts',
        find: '  if (!all) {\n',
        replace: '  if (!all && query.mine !== true) {\n',
      },
    ],
    test: LISTS,
  },
  {
    hole: 'F-6',
    name: 'a key lists all tenants',
    edits: [
      {
        file: 'src/control/tenants/tenant-list.ts',
        find: ": rows.where('tenants.tenant_id', '=', actor.key.tenantId)",
        replace: ': rows',
      },
    ],
    test: LISTS,
  },
  {
    hole: 'F-6',
    name: 'a list counts the tenants of others',
    edits: [
      {
        file: 'src/control/tenants/tenant-list.ts',
        find: 'total: all && !query.search ?',
        replace: 'total: !query.search ?',
      },
    ],
    test: LISTS,
  },
  {
    hole: 'F-6',
    name: 'a search looks through the tenants of others',
    edits: [
      {
        file: 'src/control/tenants/tenant-list.ts',
        find: '  if (!all) {\n',
        replace: '  if (!all && !query.search) {\n',
      },
    ],
    test: LISTS,
  },
  {
    hole: 'F-6',
    name: 'tenants are listed to who shows no credential',
    edits: [
      {
        file: 'src/control/tenants/tenant-routes.ts',
        find: 'tenants.list(callerOf(request), request.query),',
        replace: "tenants.list({ id: 'x', userId: undefined, superAdmin: true }, request.query),",
      },
      {
        file: 'src/control/tenants/tenant-routes.ts',
        find: "access: 'account', doc: TENANT_LIST_DOCS[`GET",
        replace: "access: 'public', doc: TENANT_LIST_DOCS[`GET",
      },
    ],
    test: access(
      'to lists shows each caller their own tenants, and nobody without credentials any',
    ),
  },
  {
    hole: 'F-7',
    name: 'a bad token counts as none',
    edits: [
      {
        file: 'src/tenancy/request/request-authorization.ts',
        find: "    if (access === 'optional' && isEmpty(credentials) && !authenticator.open) {",
        replace: "    if (access === 'optional' && !authenticator.open) {",
      },
    ],
    test: CREDENTIAL,
  },
  {
    hole: 'F-7',
    name: 'the signature of a token is not checked',
    edits: [
      {
        file: 'src/tenancy/sign-in/token.ts',
        find: '      payload = this.#jwt.verify(token)\n',
        replace:
          "      payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())\n",
      },
    ],
    test: CREDENTIAL,
  },
  {
    hole: 'F-7',
    name: 'any text stands for a bearer',
    edits: [
      {
        file: 'src/tenancy/sign-in/directory-authenticator.ts',
        find: "      if (owner === undefined) throw new TenancyError('bad_api_key', 'Invalid API Key')\n      return owner\n",
        replace:
          "      return owner ?? { userId: 'x', username: 'x', workspaces: ['default'], defaultWorkspace: 'default', role: 'viewer', superAdmin: false }\n",
      },
    ],
    test: CREDENTIAL,
  },
  {
    hole: 'F-7',
    name: 'second spellings need no credential',
    edits: [
      {
        file: 'src/control/kbs/kb-routes.ts',
        find: "access: 'account', doc: KB_DOCS['GET /tenants/:tenant/kbs'] }",
        replace:
          "access: path === '/knowledge-bases' ? 'public' : 'account', doc: KB_DOCS['GET /tenants/:tenant/kbs'] }",
      },
    ],
    test: CREDENTIAL,
  },
  {
    hole: 'F-7',
    name: 'a path of RAGFlow’s needs no credential',
    edits: [
      {
        file: 'src/control/ragflow/ragflow-routes.ts',
        find: "access: 'account', doc: RAGFLOW_DOCS['GET /api/v1/tenant/list'] }",
        replace: "access: 'public', doc: RAGFLOW_DOCS['GET /api/v1/tenant/list'] }",
      },
    ],
    test: CREDENTIAL,
  },
  {
    hole: 'F-7',
    name: 'a route of the data needs no credential',
    edits: [
      {
        file: 'src/routes/documents/document-routes.ts',
        find: "access: 'document:read', doc: DOCUMENT_DOCS['GET /documents/pipeline_status'] }",
        replace: "access: 'optional', doc: DOCUMENT_DOCS['GET /documents/pipeline_status'] }",
      },
    ],
    test: CREDENTIAL,
  },
  {
    hole: 'F-8',
    name: 'a header makes a knowledge base in any tenant',
    edits: [
      {
        file: 'src/control/kbs/kbs.ts',
        find: "await tenantAccess(tx, actor, tenantRef, 'kb:create')",
        replace: "await tenantAccess(tx, { ...actor, superAdmin: true }, tenantRef, 'kb:create')",
      },
    ],
    test: HEADER,
  },
  {
    hole: 'F-8',
    name: 'a header lists the knowledge bases of any tenant',
    edits: [
      {
        file: 'src/control/kbs/kbs.ts',
        find: "const access = await tenantAccess(db, actor, tenantRef, 'tenant:read')",
        replace:
          "const access = await tenantAccess(db, { ...actor, superAdmin: true }, tenantRef, 'tenant:read')",
      },
    ],
    test: HEADER,
  },
  {
    hole: 'F-8',
    name: 'a header shows a knowledge base of any tenant',
    edits: [
      {
        file: 'src/control/kbs/kbs.ts',
        find: "const access = await tenantAccess(this.#core.db, actor, tenantRef, 'tenant:read')",
        replace:
          "const access = await tenantAccess(this.#core.db, { ...actor, superAdmin: true }, tenantRef, 'tenant:read')",
      },
    ],
    test: HEADER,
  },
  {
    hole: 'F-8',
    name: 'a header changes a knowledge base of any tenant',
    edits: [
      {
        file: 'src/control/kbs/kbs.ts',
        find: "const access = await tenantAccess(tx, actor, tenantRef, 'kb:manage')",
        replace:
          "const access = await tenantAccess(tx, { ...actor, superAdmin: true }, tenantRef, 'kb:manage')",
      },
    ],
    test: HEADER,
  },
  {
    hole: 'F-8',
    name: 'a header shows any tenant as one’s own',
    edits: [
      {
        file: 'src/control/tenants/tenant-routes.ts',
        find: 'tenants.get(callerOf(request), await ownTenant(request, tenants))',
        replace:
          'tenants.get({ ...callerOf(request), superAdmin: true }, await ownTenant(request, tenants))',
      },
    ],
    test: HEADER,
  },
  {
    hole: 'F-9',
    name: 'a role grants nothing',
    edits: [
      {
        file: 'src/control/authority/tenant-permissions.ts',
        find: '  return ROLE_PERMISSIONS[role].has(permission)',
        replace: "  return permission === 'tenant:read' || permission === 'kb:create'",
      },
    ],
    test: OWNER,
  },
  {
    hole: 'F-9',
    name: 'an owner may not change a knowledge base',
    edits: [
      {
        file: 'src/control/authority/tenant-permissions.ts',
        find: "  'tenant:manage_billing',\n  'kb:manage',\n]",
        replace: "  'tenant:manage_billing',\n]",
      },
    ],
    test: OWNER,
  },
  {
    hole: 'F-9',
    name: 'an owner may not delete a knowledge base',
    edits: [
      {
        file: 'src/control/authority/tenant-permissions.ts',
        find: "  'kb:create',\n  'kb:delete',\n  'document:create',",
        replace: "  'kb:create',\n  'document:create',",
      },
    ],
    test: OWNER,
  },
  {
    hole: 'F-9',
    name: 'a knowledge base is renamed in the answer alone',
    edits: [
      {
        file: 'src/control/kbs/kbs.ts',
        find: '    name: change.name === undefined ? kb.name : checkedName(change.name),',
        replace: '    name: kb.name,',
      },
    ],
    test: OWNER,
  },
  {
    hole: 'F-9',
    name: 'every member may do everything',
    edits: [
      {
        file: 'src/control/authority/tenant-permissions.ts',
        find: '  return ROLE_PERMISSIONS[role].has(permission)',
        replace: '  return ROLE_PERMISSIONS[role].size > 0 && permission.length > 0',
      },
    ],
    test: MATRIX,
  },
  {
    hole: 'F-9',
    name: 'a change of a knowledge base asks for too little',
    edits: [
      {
        file: 'src/control/kbs/kbs.ts',
        find: "tenantAccess(tx, actor, tenantRef, 'kb:manage')",
        replace: "tenantAccess(tx, actor, tenantRef, 'kb:access')",
      },
    ],
    test: MATRIX,
  },
  {
    hole: 'F-9',
    name: 'a viewer manages members',
    edits: [
      {
        file: 'src/control/authority/tenant-permissions.ts',
        find: "const VIEWER: readonly TenantPermission[] = [...READ_ONLY, 'document:read']",
        replace:
          "const VIEWER: readonly TenantPermission[] = [...READ_ONLY, 'document:read', 'tenant:manage_members']",
      },
    ],
    test: MATRIX,
  },
  {
    hole: 'F-9',
    name: 'an editor may not write',
    edits: [
      {
        file: 'src/tenancy/permissions.ts',
        find: "const EDITOR = [\n  'document:create',\n",
        replace: 'const EDITOR = [\n',
      },
    ],
    test: OTHER_ROLES,
  },
  {
    hole: 'F-9',
    name: 'a viewer writes',
    edits: [
      {
        file: 'src/tenancy/permissions.ts',
        find: "  viewer: new Set(['document:read', 'query:run']),",
        replace: '  viewer: new Set(EDITOR),',
      },
    ],
    test: OTHER_ROLES,
  },
  {
    hole: 'F-9',
    name: 'the role of one tenant holds in all',
    edits: [
      {
        file: 'src/tenancy/principal.ts',
        find: 'return Object.freeze({ ...principal, defaultWorkspace: workspace, role })',
        replace:
          'return Object.freeze({ ...principal, defaultWorkspace: workspace, role: principal.grants?.[0]?.role ?? role })',
      },
    ],
    test: {
      file: 'tests/control/server.test.ts',
      title: 'heeds the role of each tenant, and its changes on the very next request',
    },
  },
  {
    hole: 'F-3',
    name: 'strict mode is off unless set',
    edits: [
      {
        file: 'src/config/control-fields.ts',
        find: "    true,\n    'Whether who belongs to several",
        replace: "    false,\n    'Whether who belongs to several",
      },
    ],
    test: SETTINGS,
  },
  {
    hole: 'F-3',
    name: 'authentication can be switched off',
    edits: [
      {
        file: 'src/config/control-fields.ts',
        find: '  if (on && !values.LIGHTRAG_REQUIRE_USER_AUTH) {',
        replace: '  if (!on && !values.LIGHTRAG_REQUIRE_USER_AUTH) {',
      },
    ],
    test: SETTINGS,
  },
  {
    hole: 'F-3',
    name: 'the user admin is a super admin unless told otherwise',
    edits: [
      {
        file: 'src/config/control-fields.ts',
        find: "list([], 'Users of the control",
        replace: "list(['admin'], 'Users of the control",
      },
    ],
    test: SETTINGS,
  },
  {
    hole: 'F-3',
    name: 'an empty name is a super admin',
    edits: [
      {
        file: 'src/config/env-fields.ts',
        find: '.flatMap((item) => item.trim() || [])',
        replace: '.map((item) => item.trim())',
      },
    ],
    test: SETTINGS,
  },
  {
    hole: 'F-3',
    name: 'a value that cannot be read counts as unset',
    edits: [
      {
        file: 'src/config/env-fields.ts',
        find: "    return { problem: 'must be true or false' }",
        replace: '    return { value: fallback }',
      },
    ],
    test: SETTINGS,
  },
  {
    hole: 'F-3',
    name: 'two switches may contradict each other',
    edits: [
      {
        file: 'src/config/control-fields.ts',
        find: 'if (YES.includes(other) !== values.ENABLE_MULTI_TENANTS) {',
        replace: 'if (YES.includes(other) === undefined) {',
      },
    ],
    test: SETTINGS,
  },
  {
    hole: 'F-3',
    name: 'every user creates tenants unless told otherwise',
    edits: [
      {
        file: 'src/config/control-fields.ts',
        find: 'TENANT_SELF_SERVICE: flag(false,',
        replace: 'TENANT_SELF_SERVICE: flag(true,',
      },
    ],
    test: SETTINGS,
  },
  {
    hole: 'F-3',
    name: 'strict mode does not come to who decides',
    edits: [
      {
        file: 'src/server/tenants/build-control.ts',
        find: 'strict: config.LIGHTRAG_MULTI_TENANT_STRICT,',
        replace: 'strict: false,',
      },
    ],
    test: IN_EFFECT,
  },
  {
    hole: 'F-3',
    name: 'the list of super admins comes with a name of its own',
    edits: [
      {
        file: 'src/server/tenants/build-control.ts',
        find: 'superAdmins: config.LIGHTRAG_SUPER_ADMIN_USERS,',
        replace: "superAdmins: [...config.LIGHTRAG_SUPER_ADMIN_USERS, 'admin'],",
      },
    ],
    test: IN_EFFECT,
  },
  {
    hole: 'F-3',
    name: 'super admins are read from the environment at each look',
    edits: [
      {
        file: 'src/control/accounts/control-directory.ts',
        find: 'superAdmins.has(row.username_key)',
        replace:
          'superAdmins.has(row.username_key) || process.env.LIGHTRAG_SUPER_ADMIN_USERS === row.username_key',
      },
    ],
    test: IN_EFFECT,
  },
  {
    hole: 'F-3',
    name: 'self-service is read from the environment at each look',
    edits: [
      {
        file: 'src/control/tenants/tenants.ts',
        find: '(this.#options.selfService !== true ||',
        replace: "(process.env.TENANT_SELF_SERVICE !== 'true' ||",
      },
    ],
    test: IN_EFFECT,
  },
  {
    hole: 'F-10',
    name: 'all workspaces share one folder of files',
    edits: [
      {
        file: 'src/workspaces/folder/folder-registry.ts',
        find: 'files: filesIn(inputs) }',
        replace: 'files: filesIn(this.folders.inputs) }',
      },
    ],
    test: FOLDERS,
  },
  {
    hole: 'F-10',
    name: 'a scan takes in what lies in the folders of others',
    edits: [
      {
        file: 'src/workspaces/folder/files-in.ts',
        find: 'new InputFolder(inputDir)',
        replace: "new InputFolder(join(inputDir, '..', 'techstart__default'))",
      },
    ],
    test: FOLDERS,
  },
  {
    hole: 'F-10',
    name: 'a clearing empties the folders of others',
    edits: [
      {
        file: 'src/engine/documents/clear-documents.ts',
        find: '  await store.graph.exclusively(() => store.graph.clear())\n',
        replace:
          "  await store.graph.exclusively(() => store.graph.clear())\n    await uploads.remove('../..')\n",
      },
      REMOVES_FOLDERS,
    ],
    test: FOLDERS,
  },
  {
    hole: 'F-10',
    name: 'a file name that one has is taken for all',
    edits: [
      {
        file: 'src/routes/documents/upload.ts',
        find: '          const { on_conflict } = request.query\n',
        replace:
          "          const { on_conflict } = request.query\n          if (taken.has(file_name)) return { status: 'duplicated' as const, message: '', track_id: '' }\n          taken.add(file_name)\n",
      },
      {
        file: 'src/routes/documents/upload.ts',
        find: 'export const uploadRoutes',
        replace: 'const taken = new Set<string>()\n\nexport const uploadRoutes',
      },
    ],
    test: FOLDERS,
  },
  {
    hole: 'F-10',
    name: 'the bytes of uploads lie in one folder and go with any clearing',
    edits: [
      {
        file: 'src/workspaces/folder/files-in.ts',
        find: 'new UploadFolder(uploadsIn(inputDir))',
        replace: "new UploadFolder(uploadsIn(join(inputDir, '..')))",
      },
      {
        file: 'src/engine/documents/clear-documents.ts',
        find: '  await store.graph.exclusively(() => store.graph.clear())\n',
        replace:
          "  await store.graph.exclusively(() => store.graph.clear())\n    await uploads.remove('.')\n",
      },
      REMOVES_FOLDERS,
    ],
    test: FOLDERS,
  },
  {
    hole: 'F-11',
    name: 'a route is served that no case was written for',
    edits: [
      {
        file: 'src/routes/register-routes.ts',
        find: '  await app.register(authVerifyRoutes)\n',
        replace:
          "  await app.register(authVerifyRoutes)\n  app.get('/documents/all', { config: { access: 'document:read', doc: { tag: 'Documents', summary: 'Lists all' } } }, async () => rag.documentsByStatus())\n",
      },
    ],
    test: isolation('declares a case for every route that the server has'),
  },
  {
    hole: 'F-11',
    name: 'one route does not look at which workspace was named',
    edits: [
      {
        file: 'src/tenancy/request/request-authorization.ts',
        find: 'const choice = chooseWorkspace(this.#options.selectors, this.#request, principal)\n    return',
        replace:
          "const choice = chooseWorkspace(this.#request.routeOptions.url === '/documents/track_status/:track_id' ? [] : this.#options.selectors, this.#request, principal)\n    return",
      },
    ],
    test: EVERY_ROUTE,
  },
  {
    hole: 'F-11',
    name: 'one route needs no credential',
    edits: [
      {
        file: 'src/routes/documents/document-routes.ts',
        find: "access: 'document:read',\n        doc: DOCUMENT_DOCS['GET /documents/track_status/:track_id'],",
        replace:
          "access: 'optional',\n        doc: DOCUMENT_DOCS['GET /documents/track_status/:track_id'],",
      },
    ],
    test: EVERY_ROUTE,
  },
  {
    hole: 'F-11',
    name: 'one route below a path does not look at the path',
    edits: [
      {
        file: 'src/control/wire/data-alias.ts',
        find: '  const params: unknown = request.params\n',
        replace:
          "  if (request.routeOptions.url?.endsWith('/track_status/:track_id')) return undefined\n  const params: unknown = request.params\n",
      },
    ],
    test: foreignIds('reaches no data by a path'),
  },
  {
    hole: 'F-11',
    name: 'one route of the management does not ask who is a member',
    edits: [
      {
        file: 'src/control/members/members.ts',
        find: "    const { tenant } = await tenantAccess(db, actor, tenantRef, 'tenant:read')\n    let rows = db",
        replace:
          "    const { tenant } = await tenantAccess(db, { ...actor, superAdmin: true }, tenantRef, 'tenant:read')\n    let rows = db",
      },
    ],
    test: foreignIds('is told by %s that there is no such tenant'),
  },
  {
    hole: 'F-11',
    name: 'attempts by RAGFlow’s paths are not written down',
    edits: [
      {
        file: 'src/server/tenants/register-control.ts',
        find: 'await scope.register(ragflowRoutes, { plane, onRefusal })',
        replace:
          'await scope.register(ragflowRoutes, { plane, onRefusal: () => onRefusal.length })',
      },
    ],
    test: foreignIds('has left one line in the audit for each attempt, without a name'),
  },
  {
    hole: 'F-11',
    name: 'attempts at the management are not written down',
    edits: [
      {
        file: 'src/server/tenants/register-control.ts',
        find: "await scope.register(controlRoutes, { ...options, prefix: '/api/v1' })",
        replace:
          "await scope.register(controlRoutes, { ...options, onRefusal: () => undefined, prefix: '/api/v1' })",
      },
    ],
    test: foreignIds('has left one line in the audit for each attempt, without a name'),
  },
  {
    hole: 'F-12',
    name: 'the workspace of a server for one is that of all',
    edits: [
      {
        file: 'src/workspaces/folder/folder-registry.ts',
        find: OPENED,
        replace: openedAs("'default'"),
      },
    ],
    test: FROM_ENVIRONMENT,
  },
  {
    hole: 'F-12',
    name: 'a variable of a store puts all into one workspace',
    edits: [
      {
        file: 'src/workspaces/folder/folder-registry.ts',
        find: OPENED,
        replace: openedAs('process.env.SQLITE_WORKSPACE ?? workspace'),
      },
    ],
    test: FROM_ENVIRONMENT,
  },
  {
    hole: 'F-13',
    name: 'the folder of a workspace is a rewritten name',
    edits: [
      {
        file: 'src/workspaces/folder/folder-registry.ts',
        find: OPENED,
        replace: openedAs("workspace.replaceAll('-', '_')"),
      },
    ],
    test: NAMES,
  },
  {
    hole: 'F-13',
    name: 'the folder of files is a rewritten name',
    edits: [
      {
        file: 'src/workspaces/folder/folder-registry.ts',
        find: 'files: filesIn(inputs) }',
        replace: "files: filesIn(this.folders.of(workspace.replaceAll('-', '_')).inputs) }",
      },
    ],
    test: NAMES,
  },
  {
    hole: 'F-13',
    name: 'a header is rewritten before it is looked up',
    edits: [
      {
        file: 'src/tenancy/request/request-selectors.ts',
        find: 'return text?.toLowerCase()',
        replace: "return text?.toLowerCase().replaceAll('-', '_')",
      },
    ],
    test: NAMES,
  },
  {
    hole: 'F-13',
    name: 'a bad slug is rewritten into a good one',
    edits: [
      {
        file: 'src/control/core/slug.ts',
        find: '  const folded = text.toLowerCase()\n',
        replace: "  const folded = text.toLowerCase().replaceAll('__', '_')\n",
      },
    ],
    test: NAMES,
  },
  {
    hole: 'F-13',
    name: 'slugs that differ in case are two',
    edits: [
      {
        file: 'src/control/core/slug.ts',
        find: '  const folded = text.toLowerCase()\n',
        replace: '  const folded = text\n',
      },
      {
        file: 'src/control/core/slug.ts',
        find: '/^[a-z0-9]+([-_][a-z0-9]+)*$/',
        replace: '/^[a-z0-9]+([-_][a-z0-9]+)*$/i',
      },
    ],
    test: NAMES,
  },
  {
    hole: 'F-13',
    name: 'a tenant may have the name that means no workspace',
    edits: [
      {
        file: 'src/control/core/slug.ts',
        find: "readonly string[] = ['default', 'me']",
        replace: "readonly string[] = ['me']",
      },
    ],
    test: NAMES,
  },
  {
    hole: 'F-14',
    name: 'chat programs are served by the engine of who came first',
    edits: [
      {
        file: 'src/routes/register-routes.ts',
        find: '  await app.register(ollamaRoutes, { rag, quietMs, ...ollama })\n',
        replace: `  let first: Pick<Rag, 'query' | 'queryStream'> | undefined
  const ofFirst = () => {
    const { query, queryStream } = rag
    first ??= {
      query: (...args) => context.exit(() => query(...args)),
      queryStream: (...args) => context.exit(() => queryStream(...args)),
    }
    return first
  }
  const global = {
    ...{},
    get query() {
      return ofFirst().query
    },
    get queryStream() {
      return ofFirst().queryStream
    },
  } as Rag
  await app.register(ollamaRoutes, { rag: global, quietMs, ...ollama })
`,
      },
      {
        file: 'src/routes/register-routes.ts',
        find: "import type { Rag } from '../engine/rag.ts'\n",
        replace:
          "import type { Rag } from '../engine/rag.ts'\nimport { context } from '../tenancy/context.ts'\n",
      },
    ],
    test: CHAT,
  },
  {
    hole: 'F-14',
    name: 'streamed chats are served by the engine of who came first',
    edits: [
      {
        file: 'src/routes/ollama/ollama.ts',
        find: '  const events = rag.queryStream({ ...params, stream: true }, { signal })\n',
        replace:
          '  const { queryStream } = rag\n  first ??= queryStream\n  const events = context.exit(() => first({ ...params, stream: true }, { signal }))\n',
      },
      {
        file: 'src/routes/ollama/ollama.ts',
        find: "import { NO_ANSWER } from '../query/answer-reader.ts'\n",
        replace:
          "import { NO_ANSWER } from '../query/answer-reader.ts'\nlet first: any\nimport { context } from '../../tenancy/context.ts'\n",
      },
    ],
    test: CHAT,
  },
  {
    hole: 'F-15',
    name: 'a system prompt stays with all later calls',
    edits: [
      {
        file: 'src/routes/ollama/ollama.ts',
        find: "  const role: Turn[] = system ? [{ role: 'system', content: system }] : []\n",
        replace:
          "  if (system) kept = system\n  const role: Turn[] = kept ? [{ role: 'system', content: kept }] : []\n",
      },
      {
        file: 'src/routes/ollama/ollama.ts',
        find: "import { NO_ANSWER } from '../query/answer-reader.ts'\n",
        replace:
          "import { NO_ANSWER } from '../query/answer-reader.ts'\nlet kept: string | undefined\n",
      },
    ],
    test: OWN_PROMPT,
  },
  {
    hole: 'F-15',
    name: 'a system prompt of a chat stays with all later chats',
    edits: [
      {
        file: 'src/routes/ollama/ollama.ts',
        find: 'return { ...direct(query, history, system), user_prompt: userPrompt }',
        replace:
          'kept = system ?? kept\n    return { ...direct(query, history, kept), user_prompt: userPrompt }',
      },
      {
        file: 'src/routes/ollama/ollama.ts',
        find: "import { NO_ANSWER } from '../query/answer-reader.ts'\n",
        replace:
          "import { NO_ANSWER } from '../query/answer-reader.ts'\nlet kept: string | null | undefined\n",
      },
    ],
    test: OWN_PROMPT,
  },
  {
    hole: 'F-15',
    name: 'wishes for an answer stay with all later queries',
    edits: [
      {
        file: 'src/engine/retrieve/question.ts',
        find: "    userPrompt: whole(params.user_prompt ?? ''),\n",
        replace: '    userPrompt: (kept = params.user_prompt || kept),\n',
      },
      {
        file: 'src/engine/retrieve/question.ts',
        find: 'export function questionOf(',
        replace: "let kept = ''\nexport function questionOf(",
      },
    ],
    test: OWN_PROMPT,
  },
  {
    hole: 'F-16',
    name: 'an engine in use is closed to make room',
    edits: [
      {
        file: 'src/tenancy/pool/pool.ts',
        find: 'if (entry.leases > 0 || entry.closing) return',
        replace: 'if (entry.closing) return',
      },
    ],
    test: pool('never closes a leased engine: the caller is sent away after a bounded wait'),
  },
  {
    hole: 'F-16',
    name: 'a lease leaves its engine among those that may be closed',
    edits: [
      {
        file: 'src/tenancy/pool/pool.ts',
        find: '    const [victim] = this.#unused\n    if (victim === undefined) return false\n',
        replace:
          '    const [victim] = this.#engines.values()\n    if (victim === undefined) return false\n    victim.leases = 0\n',
      },
    ],
    test: pool('never closes a leased engine: the caller is sent away after a bounded wait'),
  },
  {
    hole: 'F-16',
    name: 'a workspace opens again while its engine is closing',
    edits: [
      {
        file: 'src/tenancy/pool/pool.ts',
        find: '        await this.#options.close(engine)\n',
        replace:
          '        this.#engines.delete(entry.key)\n        this.#wake()\n        await this.#options.close(engine)\n',
      },
    ],
    test: pool('reopens a workspace only after its close has settled'),
  },
  {
    hole: 'F-16',
    name: 'a stream gives its engine back before it ends',
    edits: [
      {
        file: 'src/tenancy/proxy/leased-stream.ts',
        find: '      if (!this.#pulled) this.#startAbandonTimer()\n',
        replace: '      if (!this.#pulled) this.#startAbandonTimer()\n      lease.release()\n',
      },
    ],
    test: {
      file: 'tests/tenancy/proxy/proxy.test.ts',
      title: 'takes the lease at the call and gives it back at the end',
    },
  },
  {
    hole: 'F-16',
    name: 'work in the background holds no engine',
    edits: [
      {
        file: 'src/server/workspaces/workspaces.ts',
        find: '        try {\n          return await job()\n',
        replace: '        lease.release()\n        try {\n          return await job()\n',
      },
    ],
    test: {
      file: 'tests/control/engines.test.ts',
      title: 'stay open while they take in what was sent, also when they shall close',
    },
  },
  {
    hole: 'F-17',
    name: 'the engine of a deleted tenant stays open',
    edits: [OPEN_WHILE_TRASHED],
    test: DELETED,
  },
  {
    hole: 'F-17',
    name: 'a deleted tenant is still held by its members',
    edits: [
      {
        file: 'src/control/database/access-rows.ts',
        find: "    .where('memberships.user_id', '=', userId)\n    .where('tenants.status', '!=', 'deleting')\n",
        replace: "    .where('memberships.user_id', '=', userId)\n",
      },
      {
        file: 'src/control/database/access-rows.ts',
        find: "suspended: row.tenant_status !== 'active',",
        replace: "suspended: row.tenant_status === 'suspended',",
      },
    ],
    test: DELETED,
  },
  {
    hole: 'F-17',
    name: 'the engine of a deleted knowledge base stays open',
    edits: [OPEN_WHILE_TRASHED],
    test: OWNER,
  },
  {
    hole: 'F-17',
    name: 'a deleted knowledge base is still served',
    edits: [
      {
        file: 'src/control/database/access-rows.ts',
        find: "    .where('kbs.status', '=', 'active')\n    .orderBy('memberships.created_at')\n",
        replace: "    .orderBy('memberships.created_at')\n",
      },
    ],
    test: OWNER,
  },
  {
    hole: 'F-17',
    name: 'engines stay open when the server ends',
    edits: [
      {
        file: 'src/server/build-server.ts',
        find: '  await engines.close(deadlineMs)\n',
        replace: '',
      },
    ],
    test: {
      file: 'tests/control/holes/deleted-tenant.test.ts',
      title:
        'leaves no engine open when the server ends, of tenants that are there and that are not',
    },
  },
  {
    hole: 'F-18',
    name: 'a deletion reaches the first hundred knowledge bases',
    edits: [
      {
        file: 'src/control/tenants/tenants.ts',
        find: "    .selectFrom('kbs')\n    .select('workspace')\n",
        replace: "    .selectFrom('kbs')\n    .limit(100)\n    .select('workspace')\n",
      },
    ],
    test: WIDE,
  },
  {
    hole: 'F-18',
    name: 'a deletion leaves the files, and looks for none',
    edits: [
      {
        file: 'src/control/tenants/deletions.ts',
        find: '    await this.#options.files.purge(jobId)\n',
        replace: '',
      },
      {
        file: 'src/control/tenants/deletions.ts',
        find: "    if (await this.#options.files.remains(workspacesIn(job), jobId)) left.push('files')\n",
        replace: '',
      },
    ],
    test: WIDE,
  },
  {
    hole: 'F-18',
    name: 'a deletion leaves the uploads',
    edits: [
      {
        file: 'src/workspaces/folder/workspace-folders.ts',
        find: 'return [this.storage, this.inputs]',
        replace: 'return [this.storage]',
      },
    ],
    test: WIDE,
  },
  {
    hole: 'F-18',
    name: 'a deletion leaves the rows, and looks for none',
    edits: [
      {
        file: 'src/control/tenants/deletions.ts',
        find: '      await purgeRows(mutation.tx, job)\n',
        replace: '      void purgeRows\n',
      },
      {
        file: 'src/control/tenants/deletions.ts',
        find: 'const left = [...(await remainsOf(this.#core.db, job))]',
        replace: 'const left: string[] = []',
      },
    ],
    test: WIDE,
  },
  {
    hole: 'F-18',
    name: 'nobody looks whether files are left',
    edits: [
      {
        file: 'src/control/tenants/deletions.ts',
        find: "    if (await this.#options.files.remains(workspacesIn(job), jobId)) left.push('files')\n",
        replace: '',
      },
    ],
    test: deletions('does not count as done while something is left'),
  },
  {
    hole: 'F-18',
    name: 'nobody looks whether rows are left',
    edits: [
      {
        file: 'src/control/tenants/deletions.ts',
        find: 'const left = [...(await remainsOf(this.#core.db, job))]',
        replace: 'const left: string[] = []',
      },
    ],
    test: deletions('does not count as done while a row is left, and ends when it can go'),
  },
  {
    hole: 'F-18',
    name: 'a delete that fails is passed over',
    edits: [
      {
        file: 'src/control/tenants/deletions.ts',
        find: '      await purgeRows(mutation.tx, job)\n',
        replace: '      await purgeRows(mutation.tx, job).catch(() => undefined)\n',
      },
      {
        file: 'src/control/tenants/deletions.ts',
        find: '    if (left.length > 0) {\n',
        replace: '    if (left.length > 99) {\n',
      },
    ],
    test: deletions('tells of a delete that fails, and does not count as done'),
  },
]
