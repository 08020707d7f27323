import { type HoleMutation, testsOf } from '../mutation.ts'

const access = testsOf('tests/control/holes/access.test.ts')
const data = testsOf('tests/control/holes/data.test.ts')
const posture = testsOf('tests/control/holes/posture.test.ts')
const members = testsOf('tests/control/members/members.test.ts')
const labels = testsOf('tests/engine/documents/document-annotations.test.ts')
const adoption = testsOf('tests/control/adopt.test.ts')

const UPLOADS_APART = data(
  'are apart in uploads: the same file name, a scan and a clearing concern one tenant',
)
const SECRET_REFUSED = {
  file: 'tests/tenancy/control-files/control-files.test.ts',
  title: 'refuses %j, which is short or printed in a manual',
}
const LETTER_BY_LETTER = posture(
  'compares no secret letter by letter, which would tell how much of it is right',
)
const DIGESTS = posture('compares digests of secrets, all of them, wherever one is wrong')
const HASHED = posture('keeps no password, but its hash')
const NO_PREFIX = access('exempts no address that merely begins like an open one')
const NO_PASS = posture('gives nobody a pass without a password')
const ONE_CONNECTION = {
  file: 'tests/tenancy/tenancy.test.ts',
  title: 'keeps callers apart who share one connection, and forgets them at once',
}
const EVERY_WAY = {
  file: 'tests/isolation/routes.test.ts',
  title: 'refuses every way of reaching for it, on every route, and writes each down once',
}
const HOST = {
  file: 'tests/tenancy/request/selectors.test.ts',
  title: 'the host %s with %j leads to %s',
}
const BAD_TOKEN = { file: 'tests/tenancy/tenancy.test.ts', title: 'as in %j is refused with %i' }
const OWNER_SERVED = {
  file: 'tests/isolation/routes.test.ts',
  title: 'answers the owner, who makes the very same calls',
}
const EDITOR_UPLOADS = {
  file: 'tests/control/guide-sequence.test.ts',
  title: 'lets the editor upload, by headers and by path alike',
}
const ALL_REACHED = {
  file: 'tests/house/architecture.test.ts',
  title: 'has no module that only its tests come to',
}
const CREATES_NOTHING = access(
  'creates nothing for who names a tenant or knowledge base that is not there',
)
const LIMITED = access(
  'to a knowledge base by its name is refused to a member who is limited to others',
)
const NOBODY_RISES = members('nobody raises themselves, and nobody but an owner touches an owner')
const OWNER_STAYS = members('the last owner stays, until the ownership is handed over')
const GRANTS = members('%s may grant %s only when it manages members and is not below')
const TWO_NAMED = access('is refused where path and header name two tenants of one caller')
const BY_WRITING = access('makes no tenant of a workspace of the users file by writing into it')
const MIXED_BATCH = labels('are listed with the documents they came with, in a mixed batch')
const AT_ONCE = labels('give one document when the same one comes many times at once')
const KEPT = access(
  'and what it may set are kept as they were set, and inherited where nothing was set',
)
const KB_CHANGED = access(
  'of an owner reaches as far as the role says: it changes and deletes knowledge bases',
)
const NOT_LOGGED = data('and who asks for them are named by no token, key or password in the log')
const ONCE = {
  file: 'tests/tenancy/pool/pool.test.ts',
  title: 'opens a workspace once however many wait for it',
}
const BESIDE = {
  file: 'tests/tenancy/pool/pool.test.ts',
  title: 'opens workspaces beside one another, so that a slow one keeps no other waiting',
}
const NO_DEFAULT = {
  file: 'tests/server/context.test.ts',
  title: 'never touch the workspace `default`',
}
const NO_CONTEXT = {
  file: 'tests/server/context.test.ts',
  title: 'fails every request when the tenancy hook is missing, and opens no workspace',
}
const NO_CREDENTIALS = {
  file: 'tests/http/cors.test.ts',
  title: 'trusts nobody with credentials when everybody may call',
}
const NO_OTHER_ORIGIN = { file: 'tests/http/cors.test.ts', title: 'lets no other origin' }
const SERVER_ORIGINS = {
  file: 'tests/http/cors.test.ts',
  title: 'the server that lists "%s" lets another page read with %s, %s',
}
const ONE_SPELLING = access(
  'reaches one and the same id however it is written, and no other spelling of it',
)
const JOINED = access('reaches two places whose names come to the same when they are joined')
const MOVES_NOTHING = adoption('moves and changes no file of a workspace')
const SHOWS_FIRST = adoption('shows what it would do, and writes nothing before it is told to')
const HALF_WAY = adoption('keeps nothing of an adoption that fails half way, and can be done again')

/** F-19 to F-36. */
export const FORK_DATA: readonly HoleMutation[] = [
  {
    hole: 'F-19',
    name: 'a clearing of documents clears the memberships of all tenants',
    edits: [
      {
        file: 'src/server/tenants/tenant-services.ts',
        find: 'bounded: (rag, context) => quotaRag(rag, { quotas: plane.quotas, context }),',
        replace: `bounded: (rag, context) => {
      const within = quotaRag(rag, { quotas: plane.quotas, context })
      const get = () => {
        const clear = within.clearDocuments
        return async () => {
          await plane.core.db.deleteFrom('memberships').execute()
          return clear()
        }
      }
      return Object.create(within, { clearDocuments: { get } })
    },`,
      },
    ],
    test: UPLOADS_APART,
  },
  {
    hole: 'F-19',
    name: 'tenants are kept in memory until something else writes them down',
    edits: [
      {
        file: 'src/control/database/control-database.ts',
        find: 'return new Database(path, ',
        replace: "return new Database(':memory:', ",
      },
    ],
    test: {
      file: 'tests/control/crash.test.ts',
      title: 'at random moments has lost nothing that it acknowledged',
    },
  },
  {
    hole: 'F-20',
    name: 'the secret of the manual signs tokens',
    edits: [
      {
        file: 'src/tenancy/sign-in/token-secret.ts',
        find: 'if (PUBLIC_SECRETS.includes(secret)) return',
        replace: 'if (false) return',
      },
    ],
    test: SECRET_REFUSED,
  },
  {
    hole: 'F-20',
    name: 'a short secret signs tokens',
    edits: [
      {
        file: 'src/tenancy/sign-in/token-secret.ts',
        find: 'if (Buffer.byteLength(secret) < LEAST_BYTES) return',
        replace: 'if (false) return',
      },
    ],
    test: SECRET_REFUSED,
  },
  {
    hole: 'F-20',
    name: 'a password in plain text is compared as it is',
    edits: [
      {
        file: 'src/tenancy/sign-in/password.ts',
        find: 'sameSecret(password, stored.field)',
        replace: 'password === stored.field',
      },
    ],
    test: LETTER_BY_LETTER,
  },
  {
    hole: 'F-20',
    name: 'two keys of one request are compared as they are',
    edits: [
      {
        file: 'src/tenancy/sign-in/single-authenticator.ts',
        find: '!sameSecret(apiKey, bearerKey)',
        replace: 'apiKey !== bearerKey',
      },
    ],
    test: LETTER_BY_LETTER,
  },
  {
    hole: 'F-20',
    name: 'the key is compared as it is, under a name that says nothing',
    edits: [
      {
        file: 'src/tenancy/sign-in/single-authenticator.ts',
        find: 'sameSecret(key, expected)',
        replace: 'key === expected',
      },
    ],
    test: DIGESTS,
  },
  {
    hole: 'F-20',
    name: 'secrets are compared letter by letter in the very function against it',
    edits: [
      {
        file: 'src/tenancy/control-files/secret-digest.ts',
        find: 'return timingSafeEqual(digestOf(one), digestOf(other))',
        replace: 'return one === other',
      },
    ],
    test: DIGESTS,
  },
  {
    hole: 'F-20',
    name: 'a secret of another length is refused sooner',
    edits: [
      {
        file: 'src/tenancy/control-files/secret-digest.ts',
        find: 'return timingSafeEqual(digestOf(one), digestOf(other))',
        replace:
          'return one.length === other.length && timingSafeEqual(digestOf(one), digestOf(other))',
      },
    ],
    test: DIGESTS,
  },
  {
    hole: 'F-20',
    name: 'the password of a new user is kept in plain text',
    edits: [
      {
        file: 'src/control/accounts/users.ts',
        find: 'input.password === undefined ? null : await this.hashOf(input.password)',
        replace: 'input.password ?? null',
      },
    ],
    test: HASHED,
  },
  {
    hole: 'F-20',
    name: 'a changed password is kept in plain text',
    edits: [
      {
        file: 'src/control/accounts/users.ts',
        find: 'const hash = await this.hashOf(password)',
        replace: 'const hash = password',
      },
    ],
    test: HASHED,
  },
  {
    hole: 'F-20',
    name: 'every address of the chat programs is open by how it begins',
    edits: [
      {
        file: 'src/tenancy/request/request-authorization.ts',
        find: "if (access === 'public') {",
        // But for the management, without which the tenants of the test would not come to be.
        replace: "if (access === 'public' || /^.api(?!.v1)/.test(request.url)) {",
      },
    ],
    test: NO_PREFIX,
  },
  {
    hole: 'F-20',
    name: 'every address that holds an open one is open',
    edits: [
      {
        file: 'src/tenancy/request/request-authorization.ts',
        find: "if (access === 'public') {",
        replace: "if (access === 'public' || request.url.includes('/health')) {",
      },
    ],
    test: NO_PREFIX,
  },
  {
    hole: 'F-20',
    name: 'a route of the chat programs is open',
    edits: [
      {
        file: 'src/routes/ollama/ollama.ts',
        find: "access: 'signed-in', doc: OLLAMA_DOCS['GET /api/tags'] }",
        replace: "access: 'public', doc: OLLAMA_DOCS['GET /api/tags'] }",
      },
    ],
    test: NO_PREFIX,
  },
  {
    hole: 'F-21',
    name: 'the status of the login hands out a token of a guest',
    edits: [
      {
        file: 'src/tenancy/sign-in/auth-routes.ts',
        find: 'if (authenticator.passwordsOn) {',
        replace: 'if (false) {',
      },
    ],
    test: NO_PASS,
  },
  {
    hole: 'F-21',
    name: 'who signs in as guest gets a token',
    edits: [
      {
        file: 'src/tenancy/sign-in/auth-routes.ts',
        find: 'if (!authenticator.passwordsOn) return { ...guestPass(), ...about }',
        replace:
          "if (!authenticator.passwordsOn || form.username === 'guest') return { ...guestPass(), ...about }",
      },
    ],
    test: NO_PASS,
  },
  {
    hole: 'F-21',
    name: 'the token of a guest is somebody',
    edits: [
      {
        file: 'src/tenancy/sign-in/directory-authenticator.ts',
        find: "if (claims.role === 'guest') return undefined",
        replace: `if (claims.role === 'guest') {
      const [userId, username] = ['guest', 'guest']
      const role = 'viewer'
      return { userId, username, role, workspaces: [], defaultWorkspace: undefined, superAdmin: false, holdings: [] }
    }`,
      },
    ],
    test: NO_PASS,
  },
  {
    hole: 'F-21',
    name: 'a user without a password has one that can be guessed',
    edits: [
      {
        file: 'src/control/accounts/control-directory.ts',
        find: 'row?.password_hash == null ? undefined : parseStoredPassword(row.password_hash)',
        replace: 'parseStoredPassword(String(row?.password_hash))',
      },
    ],
    test: NO_PASS,
  },
  {
    hole: 'F-22',
    name: 'a request leaves behind what it was in',
    edits: [
      {
        file: 'src/tenancy/context.ts',
        find: 'const storage = new AsyncLocalStorage<TenantContext>()',
        replace:
          'const storage = new AsyncLocalStorage<TenantContext>()\nlet last: TenantContext | undefined',
      },
      {
        file: 'src/tenancy/context.ts',
        find: 'run: (entered, work) => storage.run(entered, work),',
        replace: 'run: (entered, work) => storage.run((last = entered), work),',
      },
      {
        file: 'src/tenancy/context.ts',
        find: 'current: () => storage.getStore(),',
        replace: 'current: () => storage.getStore() ?? last,',
      },
    ],
    test: ONE_CONNECTION,
  },
  {
    hole: 'F-22',
    name: 'the server does not look at the host',
    edits: [
      {
        file: 'src/server/guards/build-defences.ts',
        find: '...(suffix === undefined ? [] : [hostLabel(suffix)]),',
        replace: '',
      },
    ],
    test: EVERY_WAY,
  },
  {
    hole: 'F-22',
    name: 'the branch for the host is empty',
    edits: [
      {
        file: 'src/tenancy/request/request-selectors.ts',
        find: 'if (!host.endsWith(ending)) return undefined',
        replace: 'return undefined',
      },
    ],
    test: HOST,
  },
  {
    hole: 'F-22',
    name: 'a host that merely ends like ours chooses',
    edits: [
      {
        file: 'src/tenancy/request/request-selectors.ts',
        find: 'if (!host.endsWith(ending)) return undefined',
        replace: 'if (!host.endsWith(ending.slice(1))) return undefined',
      },
    ],
    test: HOST,
  },
  {
    hole: 'F-22',
    name: 'the first label of any host chooses',
    edits: [
      {
        file: 'src/tenancy/request/request-selectors.ts',
        find: 'if (!host.endsWith(ending)) return undefined',
        replace: '',
      },
      {
        file: 'src/tenancy/request/request-selectors.ts',
        find: 'host.slice(0, -ending.length)',
        replace: "host.split('.')[0]",
      },
    ],
    test: HOST,
  },
  {
    hole: 'F-22',
    name: 'a bad token beside a good key is passed over',
    edits: [
      {
        file: 'src/tenancy/sign-in/directory-authenticator.ts',
        find: 'const claims = this.#tokens.verify(token)',
        replace: `let claims: ReturnType<Tokens['verify']>
    try {
      claims = this.#tokens.verify(token)
    } catch {
      return undefined
    }`,
      },
    ],
    test: BAD_TOKEN,
  },
  {
    hole: 'F-25',
    name: 'a route refuses everybody, so that its refusals prove nothing',
    edits: [
      {
        file: 'src/routes/graph/graph-export.ts',
        find: "access: 'document:read'",
        replace: "access: 'super-admin'",
      },
    ],
    test: OWNER_SERVED,
  },
  {
    hole: 'F-25',
    name: 'the server does not use the selector for paths that it has',
    edits: [
      { file: 'src/server/guards/build-defences.ts', find: '    pathSelector,\n', replace: '' },
    ],
    test: EDITOR_UPLOADS,
  },
  {
    hole: 'F-25',
    name: 'the server does not use the selector for headers that it has',
    edits: [
      {
        file: 'src/server/guards/build-defences.ts',
        find: 'tenantHeaders({ ignoreDefaults: !multiTenant }),',
        replace: '',
      },
    ],
    test: EDITOR_UPLOADS,
  },
  {
    hole: 'F-25',
    name: 'the guard of quotas is left to its tests',
    edits: [
      {
        file: 'src/server/tenants/tenant-services.ts',
        find: "import { quotaRag } from '../../control/quotas/quota-rag.ts'\n",
        replace: '',
      },
      {
        file: 'src/server/tenants/tenant-services.ts',
        find: 'bounded: (rag, context) => quotaRag(rag, { quotas: plane.quotas, context }),',
        replace: 'bounded: (rag) => rag,',
      },
      {
        file: 'src/server/engines/remote-services.ts',
        find: "import { quotaRag } from '../../control/quotas/quota-rag.ts'\n",
        replace: '',
      },
      {
        file: 'src/server/engines/remote-services.ts',
        find: 'start.hasTenants ? quotaRag(rag, { quotas: remoteQuotas(front), context }) : rag,',
        replace: 'rag,',
      },
    ],
    test: ALL_REACHED,
  },
  {
    hole: 'F-26',
    name: 'a tenant that is not there is passed over',
    edits: [
      {
        file: 'src/tenancy/request/grant-choice.ts',
        find: 'if (naming.length > 0) return narrowed(grants, naming, isThere, denied)',
        replace: `const known = naming.filter((one) => grants.some((held) => isThere(held, one)))
  if (known.length > 0) return narrowed(grants, known, isThere, denied)`,
      },
    ],
    test: CREATES_NOTHING,
  },
  {
    hole: 'F-26',
    name: 'a tenant comes to be by its name',
    edits: [
      {
        file: 'src/tenancy/request/grant-choice.ts',
        find: 'if (naming.length > 0) return narrowed(grants, naming, isThere, denied)',
        replace: `const [first] = naming
  if (first?.tenant !== undefined && !grants.some((held) => isThere(held, first))) {
    const [held] = grants
    const tenant = { id: first.tenant, slug: first.tenant }
    if (held) return [{ ...held, tenant, workspace: \`\${first.tenant}__default\` }]
  }
  if (naming.length > 0) return narrowed(grants, naming, isThere, denied)`,
      },
    ],
    test: CREATES_NOTHING,
  },
  {
    hole: 'F-26',
    name: 'a knowledge base comes to be by its name',
    edits: [
      {
        file: 'src/tenancy/request/grant-choice.ts',
        find: 'return narrowed(ofTenant, naming, holds, kbNotFound)',
        replace: `const id = naming[0]?.kb
  if (id !== undefined && !ofTenant.some((held) => isNamed(held.kb, id))) {
    return ofTenant.slice(0, 1).map((held) => ({
      ...held,
      kb: { id, slug: id, isDefault: false },
      workspace: \`\${held.tenant.slug}__\${id}\`,
    }))
  }
  return narrowed(ofTenant, naming, holds, kbNotFound)`,
      },
    ],
    test: CREATES_NOTHING,
  },
  {
    hole: 'F-26',
    name: 'who shows no credential is the first user there is',
    edits: [
      {
        file: 'src/tenancy/sign-in/directory-authenticator.ts',
        find: 'authenticate({ apiKey, bearerKey, token }: Credentials): Awaitable<Principal> {\n',
        replace: `authenticate({ apiKey, bearerKey, token }: Credentials): Awaitable<Principal> {
    if (!apiKey && !bearerKey && !token) {
      return andThen(this.#directory.findByUsername('ann'), (first) => first!.principal)
    }
`,
      },
    ],
    test: CREATES_NOTHING,
  },
  {
    hole: 'F-26',
    name: 'a knowledge base that is named is not held against the membership',
    edits: [
      {
        file: 'src/control/database/access-rows.ts',
        find: '    .filter((row) => idsIn(row.kb_ids)?.includes(row.kb_id) !== false)\n',
        replace: '',
      },
    ],
    test: LIMITED,
  },
  {
    hole: 'F-27',
    name: 'a manager of members grants more than their own role',
    edits: [
      {
        file: 'src/control/members/members.ts',
        find: '      assertMayGrant(actor, access, before)\n      assertMayGrant(actor, access, role)\n',
        replace: '      assertMayGrant(actor, access, before)\n',
      },
    ],
    test: NOBODY_RISES,
  },
  {
    hole: 'F-27',
    name: 'an admin makes a viewer of an owner',
    edits: [
      {
        file: 'src/control/members/members.ts',
        find: '      assertMayGrant(actor, access, before)\n      assertMayGrant(actor, access, role)\n',
        replace: '      assertMayGrant(actor, access, role)\n',
      },
    ],
    test: NOBODY_RISES,
  },
  {
    hole: 'F-27',
    name: 'an admin removes an owner',
    edits: [
      {
        file: 'src/control/members/members.ts',
        find: 'if (!self) assertNotAbove(actor, access, role)',
        replace: '',
      },
    ],
    test: NOBODY_RISES,
  },
  {
    hole: 'F-27',
    name: 'an admin makes an owner of somebody new',
    edits: [
      {
        file: 'src/control/members/grant-role.ts',
        find: '  assertMayGrant(actor, access, member.role)\n',
        replace: '',
      },
    ],
    test: GRANTS,
  },
  {
    hole: 'F-27',
    name: 'the last owner takes a lower role',
    edits: [
      {
        file: 'src/control/members/members.ts',
        find: "if (before === 'owner' && role !== 'owner') await assertOtherOwner(tx, tenant_id)",
        replace: '',
      },
    ],
    test: OWNER_STAYS,
  },
  {
    hole: 'F-27',
    name: 'the last owner leaves',
    edits: [
      {
        file: 'src/control/members/members.ts',
        find: "if (role === 'owner') await assertOtherOwner(tx, tenant_id)",
        replace: '',
      },
    ],
    test: OWNER_STAYS,
  },
  {
    hole: 'F-27',
    name: 'an admin takes the ownership over',
    edits: [
      {
        file: 'src/control/members/members.ts',
        find: "await tenantAccess(tx, actor, tenantRef, 'tenant:own')",
        replace: "await tenantAccess(tx, actor, tenantRef, 'tenant:manage_members')",
      },
      {
        file: 'src/control/members/members.ts',
        find: "      assertMayGrant(actor, access, 'owner')\n",
        replace: '',
      },
    ],
    test: OWNER_STAYS,
  },
  {
    hole: 'F-27',
    name: 'the header names one tenant and the path another',
    edits: [
      {
        file: 'src/control/control-routes.ts',
        find: '    await assertSelectorsAgree(request, plane)\n',
        replace: '',
      },
    ],
    test: TWO_NAMED,
  },
  {
    hole: 'F-28',
    name: 'a workspace that is written to becomes a tenant',
    edits: [
      {
        file: 'src/control/kbs/tenant-kbs.ts',
        find: 'if (row === undefined) return {',
        replace: `if (row === undefined)
        await this.#core.db
          .insertInto('tenants')
          .values({
            tenant_id: \`tnt_\${workspace}\`,
            slug: workspace.toLowerCase(),
            name: workspace,
            description: '',
            status: 'active',
            status_reason: null,
            metadata: '{}',
            config: '{}',
            quota: '{}',
            credit: null,
            version: 1,
            created_by: workspace,
            created_at: 0,
            updated_at: 0,
          })
          .execute()
      if (row === undefined) return {`,
      },
    ],
    test: BY_WRITING,
  },
  {
    hole: 'F-29',
    name: 'ids go to the texts that are left when one comes twice',
    edits: [
      {
        file: 'src/engine/documents/intake.ts',
        find: 'external_id: external_ids?.[i],',
        replace: 'external_id: external_ids?.[documents.size],',
      },
    ],
    test: MIXED_BATCH,
  },
  {
    hole: 'F-29',
    name: 'ids go to the documents that are left when some are known',
    edits: [
      {
        file: 'src/engine/documents/intake.ts',
        find: 'const outcomes = await this.#parts.store.queue.enqueue(documents, { onConflict })',
        replace: `const known = await Promise.all(documents.map((one) => this.#stored(one)))
    const fresh = documents.filter((_, i) => known[i] === null)
    const zipped = fresh.map((one, i) => ({ ...one, annotations: documents[i]?.annotations }))
    const outcomes = await this.#parts.store.queue.enqueue(zipped, { onConflict })`,
      },
    ],
    test: MIXED_BATCH,
  },
  {
    hole: 'F-29',
    name: 'an id is looked up where it is not kept',
    edits: [
      {
        file: 'src/stores/sqlite/database/schema.ts',
        find: 'CREATE UNIQUE INDEX documents_by_external_id',
        replace: 'CREATE INDEX documents_by_external_id',
      },
      {
        file: 'src/stores/sqlite/tables/enqueue-documents.ts',
        find: "oldest(connection, 'external_id', externalId)",
        replace: "oldest(connection, 'content_hash', externalId)",
      },
    ],
    test: AT_ONCE,
  },
  {
    hole: 'F-29',
    name: 'an id is looked up before, and not where it is claimed',
    edits: [
      {
        file: 'src/stores/sqlite/database/schema.ts',
        find: 'CREATE UNIQUE INDEX documents_by_external_id',
        replace: 'CREATE INDEX documents_by_external_id',
      },
      {
        file: 'src/stores/sqlite/tables/enqueue-documents.ts',
        find: "oldest(connection, 'external_id', externalId)",
        replace: 'undefined',
      },
      {
        file: 'src/engine/documents/intake.ts',
        find: "return this.#afterClearing(() => this.#enqueue(documents, input.on_conflict ?? 'keep', trackId))",
        replace: "return this.#enqueue(documents, input.on_conflict ?? 'keep', trackId)",
      },
    ],
    test: AT_ONCE,
  },
  {
    hole: 'F-30',
    name: 'a new name of a tenant is passed over',
    edits: [
      {
        file: 'src/control/tenants/tenants.ts',
        find: 'name: change.name === undefined ? tenant.name : checkedName(change.name),',
        replace: 'name: tenant.name,',
      },
    ],
    test: KEPT,
  },
  {
    hole: 'F-30',
    name: 'metadata that a change does not name are emptied',
    edits: [
      {
        file: 'src/control/tenants/tenants.ts',
        find: 'metadata: change.metadata === undefined ? tenant.metadata : JSON.stringify(change.metadata),',
        replace: 'metadata: JSON.stringify(change.metadata ?? null),',
      },
    ],
    test: KEPT,
  },
  {
    hole: 'F-30',
    name: 'the config of a new tenant is not kept',
    edits: [
      {
        file: 'src/control/tenants/tenants.ts',
        find: 'config: JSON.stringify(checkedConfig(input.config ?? {})),',
        replace: "config: '{}',",
      },
    ],
    test: KEPT,
  },
  {
    hole: 'F-30',
    name: 'a quota is not kept',
    edits: [
      {
        file: 'src/control/tenants/tenants.ts',
        find: '                ...checkedQuota(change.quota),\n',
        replace: '',
      },
    ],
    test: KEPT,
  },
  {
    hole: 'F-30',
    name: 'a suspension is not kept',
    edits: [{ file: 'src/control/tenants/tenants.ts', find: '          status,\n', replace: '' }],
    test: KEPT,
  },
  {
    hole: 'F-30',
    name: 'who made a tenant is not kept',
    edits: [
      {
        file: 'src/control/tenants/tenants.ts',
        find: 'created_by: actor.id,\n        created_at: at,\n',
        replace: "created_by: '',\n        created_at: at,\n",
      },
    ],
    test: KEPT,
  },
  {
    hole: 'F-30',
    name: 'a tenant runs on defaults of the engine in place of the server’s settings',
    edits: [
      {
        file: 'src/server/tenants/tenant-services.ts',
        find: 'settings: engineSettings(config.engine, own),',
        replace:
          "settings: engineSettings((await import('../../engine/ports/settings.ts')).DEFAULT_SETTINGS, own),",
      },
    ],
    test: KEPT,
  },
  {
    hole: 'F-30',
    name: 'what a tenant sets does not reach its engine',
    edits: [
      {
        file: 'src/server/tenants/tenant-services.ts',
        find: 'settings: engineSettings(config.engine, own),',
        replace: 'settings: config.engine,',
      },
    ],
    test: KEPT,
  },
  {
    hole: 'F-30',
    name: 'a new name of a knowledge base is passed over',
    edits: [
      {
        file: 'src/control/kbs/kbs.ts',
        find: 'name: change.name === undefined ? kb.name : checkedName(change.name),',
        replace: 'name: kb.name,',
      },
    ],
    test: KB_CHANGED,
  },
  {
    hole: 'F-30',
    name: 'metadata of a knowledge base that a change does not name are emptied',
    edits: [
      {
        file: 'src/control/kbs/kbs.ts',
        find: 'metadata: change.metadata === undefined ? kb.metadata : JSON.stringify(change.metadata),',
        replace: 'metadata: JSON.stringify(change.metadata ?? null),',
      },
    ],
    test: KB_CHANGED,
  },
  {
    hole: 'F-30',
    name: 'the change of one knowledge base is one of all its tenant has',
    edits: [
      {
        file: 'src/control/kbs/kbs.ts',
        find: '.set({ ...columnsOf(kb, change), slug, version',
        replace: '.set({ ...columnsOf(kb, change), version',
      },
      {
        file: 'src/control/kbs/kbs.ts',
        find: ".where('kb_id', '=', kb.kb_id)\n        .returningAll()",
        replace:
          ".where('tenant_id', '=', kb.tenant_id)\n        .orderBy('kb_id')\n        .returningAll()",
      },
    ],
    test: KB_CHANGED,
  },
  {
    hole: 'F-31',
    name: 'the first letters of keys are logged',
    edits: [
      {
        file: 'src/tenancy/request/request-authorization.ts',
        find: 'const credentials = readCredentials(request.headers)\n',
        replace: `const credentials = readCredentials(request.headers)
    request.log.debug({ key: credentials.apiKey?.slice(0, 14) }, 'arrived')
`,
      },
    ],
    test: NOT_LOGGED,
  },
  {
    hole: 'F-31',
    name: 'what a token holds is printed',
    edits: [
      {
        file: 'src/tenancy/sign-in/token.ts',
        find: 'this.#verified.set(token, payload)',
        replace: "console.log('token', payload)",
      },
    ],
    test: NOT_LOGGED,
  },
  {
    hole: 'F-31',
    name: 'headers of who is refused are logged',
    edits: [
      {
        file: 'src/server/build-server.ts',
        find: 'request.log.info({ code: error.code, user: principal?.userId }, ',
        replace: 'request.log.info({ code: error.code, headers: request.headers }, ',
      },
    ],
    test: NOT_LOGGED,
  },
  {
    hole: 'F-31',
    name: 'a mistyped password is logged',
    edits: [
      {
        file: 'src/tenancy/sign-in/auth-routes.ts',
        find: "onSignIn?.({ outcome: 'failure', username, request })",
        replace:
          "onSignIn?.({ outcome: 'failure', username, request })\n    request.log.info(form, 'refused')",
      },
    ],
    test: NOT_LOGGED,
  },
  {
    hole: 'F-31',
    name: 'the token of a link is logged with its address',
    edits: [
      {
        file: 'src/server/build-server.ts',
        find: 'serializers: { req: loggedRequest },',
        replace: '',
      },
    ],
    test: NOT_LOGGED,
  },
  {
    hole: 'F-32',
    name: 'each who waits for a workspace opens it',
    edits: [
      {
        file: 'src/tenancy/pool/pool.ts',
        find: 'if (entry !== undefined || room.isReservedFor(waiter.key)) return true',
        replace:
          "if ((entry !== undefined && entry.state !== 'opening') || room.isReservedFor(waiter.key)) return true",
      },
    ],
    test: ONCE,
  },
  {
    hole: 'F-32',
    name: 'workspaces open one after another',
    edits: [
      {
        file: 'src/tenancy/pool/pool.ts',
        find: '  #bytes = 0\n',
        replace: '  #bytes = 0\n  #building: Promise<unknown> = Promise.resolve()\n',
      },
      {
        file: 'src/tenancy/pool/pool.ts',
        find: '    this.#apart(build).then(\n',
        replace: `    const mine = this.#building.then(() => this.#apart(build))
    this.#building = mine.catch(() => undefined)
    mine.then(
`,
      },
    ],
    test: BESIDE,
  },
  {
    hole: 'F-33',
    name: 'who chooses no workspace is in the default one',
    edits: [
      {
        file: 'src/tenancy/request/workspace-choice.ts',
        find: 'if (defaultWorkspace !== undefined) return defaultWorkspace',
        replace: "if (defaultWorkspace !== undefined) return 'default'",
      },
    ],
    test: NO_DEFAULT,
  },
  {
    hole: 'F-33',
    name: 'uploads of all are in the folder of the default workspace',
    edits: [
      {
        file: 'src/workspaces/folder/folder-registry.ts',
        find: 'files: filesIn(inputs) }',
        replace: "files: filesIn(this.folders.of('default').inputs) }",
      },
    ],
    test: NO_DEFAULT,
  },
  {
    hole: 'F-33',
    name: 'a call that is in no workspace is in the default one',
    edits: [
      {
        file: 'src/tenancy/proxy/proxy.ts',
        find: 'const captured = options.context.current()',
        replace:
          "const captured = options.context.current() ?? ({ workspace: 'default' } as TenantContext)",
      },
    ],
    test: NO_CONTEXT,
  },
  {
    hole: 'F-34',
    name: 'all pages are trusted with credentials',
    edits: [
      {
        file: 'src/server/guards/build-defences.ts',
        find: 'credentials: !any,',
        replace: 'credentials: true,',
      },
    ],
    test: NO_CREDENTIALS,
  },
  {
    hole: 'F-34',
    name: 'a page that is not on the list may call',
    edits: [
      {
        file: 'src/server/guards/build-defences.ts',
        find: "origin: any ? '*' : [...origins],",
        replace: "origin: any ? '*' : true,",
      },
    ],
    test: NO_OTHER_ORIGIN,
  },
  {
    hole: 'F-34',
    name: 'the server asks nobody which pages may call',
    edits: [
      {
        file: 'src/server/build-server.ts',
        find: 'await app.register(cors, corsOptions(config.CORS_ORIGINS))',
        replace: 'await app.register(cors, { origin: true, credentials: true })',
      },
    ],
    test: SERVER_ORIGINS,
  },
  {
    hole: 'F-34',
    name: 'a server without a list lets all pages call',
    edits: [
      {
        file: 'src/server/build-server.ts',
        find: 'if (config.CORS_ORIGINS.length > 0) await app.register(cors, corsOptions(config.CORS_ORIGINS))',
        replace:
          "await app.register(cors, corsOptions(config.CORS_ORIGINS.length > 0 ? config.CORS_ORIGINS : ['*']))",
      },
    ],
    test: SERVER_ORIGINS,
  },
  {
    hole: 'F-35',
    name: 'the id of a tenant in capitals is another one',
    edits: [
      {
        file: 'src/control/authority/authority.ts',
        find: 'const folded = ref.toLowerCase()',
        replace: 'const folded = ref',
      },
    ],
    test: ONE_SPELLING,
  },
  {
    hole: 'F-35',
    name: 'the id of a knowledge base in capitals is another one',
    edits: [
      {
        file: 'src/control/kbs/kb-rows.ts',
        find: 'const folded = ref.toLowerCase()',
        replace: 'const folded = ref',
      },
    ],
    test: ONE_SPELLING,
  },
  {
    hole: 'F-35',
    name: 'ids in headers are read as they are written',
    edits: [
      {
        file: 'src/tenancy/request/request-selectors.ts',
        find: 'return text?.toLowerCase()',
        replace: 'return text',
      },
    ],
    test: ONE_SPELLING,
  },
  {
    hole: 'F-35',
    name: 'an id may stand in braces or behind a scheme',
    edits: [
      {
        file: 'src/control/authority/authority.ts',
        find: 'const folded = ref.toLowerCase()',
        replace: "const folded = ref.toLowerCase().replace(/^urn:|[{}]/g, '')",
      },
    ],
    test: ONE_SPELLING,
  },
  {
    hole: 'F-35',
    name: 'an id goes back as it was written',
    edits: [
      {
        file: 'src/control/tenants/tenants.ts',
        find: 'return tenantInfo(this.#core.db, tenant, { ...actor, role }, this.#quota)\n  }\n\n  /** The caller',
        replace:
          'const info = await tenantInfo(this.#core.db, tenant, { ...actor, role }, this.#quota)\n    return { ...info, tenant_id: ref }\n  }\n\n  /** The caller',
      },
    ],
    test: ONE_SPELLING,
  },
  {
    hole: 'F-35',
    name: 'the name of a workspace has two spellings',
    edits: [
      {
        file: 'src/tenancy/request/grant-choice.ts',
        find: 'workspace !== grant.workspace)',
        replace: 'workspace.toLowerCase() !== grant.workspace.toLowerCase())',
      },
    ],
    test: ONE_SPELLING,
  },
  {
    hole: 'F-35',
    name: 'tenant and knowledge base are joined by what each may hold',
    edits: [
      {
        file: 'src/control/core/free-workspace.ts',
        find: '{slugs.tenant}__$',
        replace: '{slugs.tenant}_$',
      },
    ],
    test: JOINED,
  },
  {
    hole: 'F-36',
    name: 'folders are renamed for their tenants',
    edits: [
      {
        file: 'src/commands/adopt/adopt-run.ts',
        find: "    await recordAct(config, context, 'adopted', {\n",
        replace: `    const { rename } = await import('node:fs/promises')
    for (const name of workspaces) {
      await rename(\`\${config.WORKING_DIR}/\${name}\`, \`\${config.WORKING_DIR}/\${name}__default\`)
    }
    await recordAct(config, context, 'adopted', {
`,
      },
    ],
    test: MOVES_NOTHING,
  },
  {
    hole: 'F-36',
    name: 'a folder is marked as adopted',
    edits: [
      {
        file: 'src/commands/adopt/adopt-run.ts',
        find: "    await recordAct(config, context, 'adopted', {\n",
        replace: `    const { writeFile } = await import('node:fs/promises')
    for (const name of workspaces) await writeFile(\`\${config.WORKING_DIR}/\${name}/adopted\`, '')
    await recordAct(config, context, 'adopted', {
`,
      },
    ],
    test: MOVES_NOTHING,
  },
  {
    hole: 'F-36',
    name: 'a look makes the database',
    edits: [
      {
        file: 'src/commands/adopt/adopt-run.ts',
        find: "really || existsSync(path) ? path : ':memory:'",
        replace: 'path',
      },
    ],
    test: SHOWS_FIRST,
  },
  {
    hole: 'F-36',
    name: 'a look does it',
    edits: [
      {
        file: 'src/commands/adopt/adopt-run.ts',
        find: '    if (!really) {\n',
        replace: `    if (!really) {
      const all = new Users(core, { passwords, superAdmins: superAdminsOf(config) })
      const unhashed = plan.users.map((user) => ({ ...user, hash: null }))
      await core.mutate((mutation) => applyAdoption(mutation, { ...plan, users: unhashed }, all))
`,
      },
    ],
    test: SHOWS_FIRST,
  },
  {
    hole: 'F-36',
    name: 'it does not say what it would do',
    edits: [
      {
        file: 'src/commands/adopt/adopt-run.ts',
        find: 'for (const line of described(plan)) context.print(line)',
        replace: 'if (really) for (const line of described(plan)) context.print(line)',
      },
    ],
    test: SHOWS_FIRST,
  },
  {
    hole: 'F-36',
    name: 'it goes on after a step that failed',
    edits: [
      {
        file: 'src/commands/adopt/adopt-apply.ts',
        find: 'for (const user of plan.users) await adoptUser(mutation, user, rows, users)',
        replace:
          'for (const user of plan.users) await adoptUser(mutation, user, rows, users).catch(() => undefined)',
      },
    ],
    test: HALF_WAY,
  },
]
