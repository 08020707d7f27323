import { type Edit, type HoleMutation, testsOf } from '../mutation.ts'

const facade = testsOf('tests/control/ragflow.test.ts')
const keys = testsOf('tests/control/keys/api-keys.test.ts')
const data = testsOf('tests/control/holes/data.test.ts')
const peers = testsOf('tests/control/holes/peers.test.ts')
const invitations = testsOf('tests/control/members/invitations.test.ts')
const members = testsOf('tests/control/members/members.test.ts')
const foreignIds = testsOf('tests/control/wire/foreign-ids.test.ts')
const secrets = testsOf('tests/control/secrets.test.ts')
const snapshots = testsOf('tests/control/snapshots/snapshots.test.ts')

const OWN_TENANT = facade('leaves an owner who agrees to their own tenant what they are')
const INVITED_ALONE = facade('accepts from the invited alone, and once')
const ONLY_INVITED = facade('gives no token of a tenant that the caller has only been invited to')
const WHICH_TENANT = facade('asks who owns several tenants which one a token is for')
const KEY_ENDS = keys('end with their revocation, their expiry, and the membership of their maker')
const KEY_SCOPE = keys('stand for a role and knowledge bases of their tenant')
const SHOWN_ONCE = keys('are shown once, and nowhere in the files')
const NO_LOG = facade('deletes a token by the token itself, which no log line holds')
const ASKED_TWICE = data('share no answer of a model: the same question is paid by each tenant')
const ZERO_CREDIT = data(
  'stop at zero credit, which each call takes from and nobody but an operator adds to',
)
const METERED = data('are metered by model, step and caller of their own tenant alone')
const BUDGET = data(
  'stop costing when the budget of the month is used up, and go on when it is raised',
)
const SEALED = secrets(
  'are kept encrypted, shown by their last four, and revealed to the engine alone',
)
const TOLD_TO_NOBODY = {
  file: 'tests/control/holes/failures.test.ts',
  title: 'is told to nobody, whatever its words, and to RAGFlow’s clients as little',
}
const WAITS = {
  file: 'tests/tenancy/sign-in/sign-in-guard.test.ts',
  title: 'lets some failures pass, then doubles the wait up to a bound',
}
const THIRTY = {
  file: 'tests/control/sign-in.test.ts',
  title: 'tries to sign in thirty times a minute from one address, and no more',
}
const STRANGERS = {
  file: 'tests/server/strangers.test.ts',
  title: 'is refused at once by every route that is open to them',
}
const BODIES = peers('takes no body beyond its bounds, and of strangers a small one at most')
const LAST_USED = keys('remember when they were last used')
const ADDRESS_ALIKE = facade('answers an invitation alike whether somebody has the address')
const NAME_ALIKE = facade(
  'answers alike whether somebody has a user name, also in the list and the removal',
)
const MEMBER_ALIKE = members(
  'a name or an address is answered alike whether or not somebody has it',
)
const PROVEN_ADDRESS = invitations('give nobody an address that they have not shown to be theirs')
const INVITATION_ENDS = invitations('end by time, by decline, by withdrawal and by a new sending')
const WHOLE = data('and accounts are made together with a membership or not at all')

const LIST_MINE: Edit = {
  file: 'src/control/members/invitations.ts',
  find: "          where('invitations.user_id', '=', user.user_id),",
  replace: "          where('invitations.status', '=', 'pending'),",
}
const ANYBODYS: Edit = {
  file: 'src/control/members/invitations.ts',
  find: 'if (row === undefined || !mine) throw',
  replace: 'if (row === undefined) throw',
}
/** Calls that are held to this rule need no credit. */
const withoutCredit = (rule: string): Edit => ({
  file: 'src/control/quotas/quota-rag.ts',
  find: `      case '${rule}':\n        await quotas.assertSolvent(tenantKb)`,
  replace: `      case '${rule}':`,
})

/** */
export const RAGFLOW: readonly HoleMutation[] = [
  {
    hole: 'R-1',
    name: 'agreeing sets the role of whatever row there is',
    edits: [
      {
        file: 'src/control/ragflow/ragflow-team.ts',
        find: '    await this.#options.invitations.accept(actor, await this.#received(actor, tenantRef))\n',
        replace: `    await this.#options.core.db
      .updateTable('memberships')
      .set({ role: 'editor' })
      .where('tenant_id', '=', tenantRef)
      .where('user_id', '=', actor.userId ?? '')
      .execute()
`,
      },
    ],
    test: OWN_TENANT,
  },
  {
    hole: 'R-1',
    name: 'an invitation changes the role of who is a member',
    edits: [
      {
        file: 'src/control/members/grant-role.ts',
        find: '.onConflict((conflict) => conflict.doNothing())',
        replace:
          ".onConflict((conflict) => conflict.columns(['tenant_id', 'user_id']).doUpdateSet({ role: member.role }))",
      },
    ],
    test: OWN_TENANT,
  },
  {
    hole: 'R-1',
    name: 'whoever asks finds the invitation of another',
    edits: [LIST_MINE, ANYBODYS],
    test: INVITED_ALONE,
  },
  {
    hole: 'R-1',
    name: 'an invitation is accepted by who knows its id',
    edits: [ANYBODYS],
    test: INVITED_ALONE,
  },
  {
    hole: 'R-1',
    name: 'an invitation that was accepted is still open',
    edits: [
      {
        file: 'src/control/members/invitation-steps.ts',
        find: '    .set({ status })',
        replace: "    .set({ status: status === 'accepted' ? 'pending' : status })",
      },
    ],
    test: INVITED_ALONE,
  },
  {
    hole: 'R-2',
    name: 'the owner removes themselves',
    edits: [
      {
        file: 'src/control/members/members.ts',
        find: "      if (role === 'owner') await assertOtherOwner(tx, tenant_id)\n",
        replace: '',
      },
    ],
    test: facade('keeps the last owner'),
  },
  {
    hole: 'R-2',
    name: 'the last owner takes a lower role',
    edits: [
      {
        file: 'src/control/members/members.ts',
        find: "      if (before === 'owner' && role !== 'owner') await assertOtherOwner(tx, tenant_id)\n",
        replace: '',
      },
    ],
    test: members('the last owner stays, until the ownership is handed over'),
  },
  {
    hole: 'R-2',
    name: 'the other owner is looked for before the removal begins',
    edits: [
      {
        file: 'src/control/members/members.ts',
        find: '  async remove(actor: Actor, tenantRef: string, userRef: string): Promise<void> {\n',
        replace: `  async remove(actor: Actor, tenantRef: string, userRef: string): Promise<void> {
    const { tenant_id } = await this.#core.db
      .selectFrom('tenants')
      .select('tenant_id')
      .where('slug', '=', tenantRef)
      .executeTakeFirstOrThrow()
    await assertOtherOwner(this.#core.db, tenant_id)
`,
      },
      {
        file: 'src/control/members/members.ts',
        find: "      if (role === 'owner') await assertOtherOwner(tx, tenant_id)\n",
        replace: '',
      },
    ],
    test: members('two owners who leave at once leave one behind'),
  },
  {
    hole: 'R-3',
    name: 'an invitation counts as a membership',
    edits: [
      {
        file: 'src/control/authority/authority.ts',
        find: '  return row === undefined ? NO_ROLE : {',
        replace: `  const invited = await db
    .selectFrom('invitations')
    .innerJoin('users', 'users.email_key', 'invitations.email_key')
    .select('role')
    .where('tenant_id', '=', tenantId)
    .where('users.user_id', '=', actor.userId)
    .executeTakeFirst()
  if (row === undefined && invited) return { role: roleIn(invited.role), kbIds: undefined }
  return row === undefined ? NO_ROLE : {`,
      },
    ],
    test: ONLY_INVITED,
  },
  {
    hole: 'R-3',
    name: 'without a name, the tenant of an invitation is taken',
    edits: [
      {
        file: 'src/control/ragflow/managed-tenant.ts',
        find: '  if (first === undefined) throw noAuthorization()',
        replace: `  const invited = await core.db
    .selectFrom('invitations')
    .innerJoin('users', 'users.email_key', 'invitations.email_key')
    .select('tenant_id')
    .where('users.user_id', '=', actor.userId ?? '')
    .executeTakeFirst()
  if (first === undefined && invited) return invited.tenant_id
  if (first === undefined) throw noAuthorization()`,
      },
    ],
    test: ONLY_INVITED,
  },
  {
    hole: 'R-3',
    name: 'the first tenant is taken of several',
    edits: [
      {
        file: 'src/control/ragflow/managed-tenant.ts',
        find: '  if (managed.length === 1) return first',
        replace: '  return first',
      },
    ],
    test: WHICH_TENANT,
  },
  {
    hole: 'R-3',
    name: 'the tenant that was named is not heeded',
    edits: [
      {
        file: 'src/control/ragflow/ragflow-tokens.ts',
        find: '    const tenantId = await managedTenant(this.#core, actor, tenant_id)',
        replace: `    if (tenant_id === undefined) await managedTenant(this.#core, actor, tenant_id)
    const tenantId = (await managedTenants(this.#core, actor)).find((id) => id !== tenant_id) ?? ''`,
      },
    ],
    test: WHICH_TENANT,
  },
  {
    hole: 'R-3',
    name: 'tokens are deleted in the first tenant of the caller only',
    edits: [
      {
        file: 'src/control/ragflow/ragflow-tokens.ts',
        find: '    return (await managedTenants(this.#core, actor)).includes(tenantId)',
        replace: '    return (await managedTenants(this.#core, actor))[0] === tenantId',
      },
    ],
    test: WHICH_TENANT,
  },
  {
    hole: 'R-3',
    name: 'what is shown of use is that of the first tenant',
    edits: [
      {
        file: 'src/control/ragflow/ragflow-stats.ts',
        find: '  const tenantId = await managedTenant(core, actor, tenant_id)',
        replace: `  const first = await core.db
    .selectFrom('memberships')
    .select('tenant_id')
    .where('user_id', '=', actor.userId ?? '')
    .executeTakeFirst()
  const tenantId = first?.tenant_id ?? (await managedTenant(core, actor, tenant_id))`,
      },
    ],
    test: WHICH_TENANT,
  },
  {
    hole: 'R-4',
    name: 'a key is given any role',
    edits: [
      {
        file: 'src/control/keys/api-keys.ts',
        find: '      assertMayGrant(actor, access, role)\n',
        replace: '',
      },
    ],
    test: keys('never do more than their maker may do now'),
  },
  {
    hole: 'R-4',
    name: 'a key keeps what its maker has lost',
    edits: [
      {
        file: 'src/control/keys/key-access.ts',
        find: 'role: lowerRole(ceiling, roleIn(maker.role))',
        replace: 'role: ceiling',
      },
    ],
    test: keys('never do more than their maker may do now'),
  },
  {
    hole: 'R-4',
    name: 'a key is let in as its maker',
    edits: [
      {
        file: 'src/control/keys/key-access.ts',
        find: 'role: lowerRole(ceiling, roleIn(maker.role))',
        replace: 'role: roleIn(maker.role)',
      },
    ],
    test: KEY_SCOPE,
  },
  {
    hole: 'R-4',
    name: 'a key reaches all knowledge bases of its tenant',
    edits: [
      {
        file: 'src/control/keys/key-access.ts',
        find: 'kbIds: both(kbIds, idsIn(maker.kb_ids))',
        replace: 'kbIds: idsIn(maker.kb_ids)',
      },
    ],
    test: KEY_SCOPE,
  },
  {
    hole: 'R-4',
    name: 'a key outlives its revocation',
    edits: [
      {
        file: 'src/control/keys/key-access.ts',
        find: '  if (key.revoked_at !== null) return undefined\n',
        replace: '',
      },
    ],
    test: KEY_ENDS,
  },
  {
    hole: 'R-4',
    name: 'a key outlives its expiry',
    edits: [
      {
        file: 'src/control/accounts/control-directory.ts',
        find: '    if (expiresAt !== undefined && expiresAt <= this.#core.now()) return undefined\n',
        replace: '',
      },
    ],
    test: KEY_ENDS,
  },
  {
    hole: 'R-4',
    name: 'a key outlives the membership of its maker',
    edits: [
      {
        file: 'src/control/keys/key-access.ts',
        find: '  if (maker === undefined) return undefined',
        replace: '  if (maker === undefined) return { role: ceiling, kbIds }',
      },
      {
        file: 'src/control/members/members.ts',
        find: '        .set({ revoked_at: at })',
        replace: '        .set({ revoked_at: null })',
      },
    ],
    test: KEY_ENDS,
  },
  {
    hole: 'R-4',
    name: 'a key outlives the operator who made it',
    edits: [
      {
        file: 'src/control/accounts/control-directory.ts',
        find: 'return (await this.findById(userId))?.principal.superAdmin === true',
        replace: 'return (await this.findById(userId))?.principal.superAdmin ?? true',
      },
    ],
    test: keys('of an operator end when they are disabled'),
  },
  {
    hole: 'R-4',
    name: 'a key outlives the entry of its maker in the users file',
    edits: [
      {
        file: 'src/server/tenants/build-control.ts',
        find: 'return (await account)?.principal.superAdmin === true',
        replace: 'return (await account, true)',
      },
    ],
    test: {
      file: 'tests/control/server.test.ts',
      title:
        'ends the keys that an operator of the users file has made when they are none any more',
    },
  },
  {
    hole: 'R-4',
    name: 'a key makes keys',
    edits: [
      {
        file: 'src/control/members/grant-role.ts',
        find: '  if (actor.key !== undefined) {',
        replace: '  if (actor === undefined) {',
      },
    ],
    test: facade('takes no new key from a key'),
  },
  {
    hole: 'R-5',
    name: 'a document is read in whatever workspace it lies',
    edits: [
      {
        file: 'src/tenancy/proxy/proxy.ts',
        find: 'pool.leaseNow?.(captured.workspace)',
        replace:
          "pool.leaseNow?.(name === 'documentChunks' ? pool.engines()[0].workspace : captured.workspace)",
      },
    ],
    test: {
      file: 'tests/control/holes/access.test.ts',
      title: 'to an object by its id is refused where the object is another tenant’s',
    },
  },
  {
    hole: 'R-5',
    name: 'a key is found by its id in every tenant',
    edits: [
      {
        file: 'src/control/keys/api-keys.ts',
        find: "    .where('key_id', '=', keyId)\n    .where('tenant_id', '=', tenantId)\n",
        replace: "    .where('key_id', '=', keyId)\n",
      },
    ],
    test: foreignIds('finds nothing of another tenant in their own by %s'),
  },
  {
    hole: 'R-5',
    name: 'a knowledge base is found by its id in every tenant',
    edits: [
      {
        file: 'src/control/kbs/kb-rows.ts',
        find: "    .selectAll()\n    .where('tenant_id', '=', tenantId)\n",
        replace: '    .selectAll()\n',
      },
    ],
    test: foreignIds('finds nothing of another tenant in their own by %s'),
  },
  {
    hole: 'R-5',
    name: 'a view is shown to who has its token, of whatever tenant',
    edits: [
      {
        file: 'src/control/snapshots/snapshots.ts',
        find: 'row.tenant_id !== tenant_id) {\n      return this.#refuse',
        replace: 'row.tenant_id === "") {\n      return this.#refuse',
      },
      {
        file: 'src/control/snapshots/snapshots.ts',
        find: 'kb !== undefined && workspaces.includes(kb.workspace) ? kb : undefined',
        replace: 'kb',
      },
    ],
    test: snapshots(
      'is not found with the credential of another tenant, whatever headers it sends',
    ),
  },
  {
    hole: 'R-6',
    name: 'a key is kept in plain text',
    edits: [
      {
        file: 'src/control/keys/api-keys.ts',
        find: "digest: digestOf(key).toString('hex'),",
        replace: 'digest: key,',
      },
    ],
    test: SHOWN_ONCE,
  },
  {
    hole: 'R-6',
    name: 'a key is shown whenever it is asked for',
    edits: [
      {
        file: 'src/control/keys/api-keys.ts',
        find: 'prefix: row.prefix,',
        replace: 'prefix: row.prefix, key: ISSUED.get(row.key_id),',
      },
      {
        file: 'src/control/keys/api-keys.ts',
        find: '    return { ...this.#info(row), key }\n',
        replace: '    ISSUED.set(row.key_id, key)\n    return { ...this.#info(row), key }\n',
      },
      {
        file: 'src/control/keys/api-keys.ts',
        find: 'const PREFIX_LENGTH = 11\n',
        replace: 'const PREFIX_LENGTH = 11\nconst ISSUED = new Map<string, string>()\n',
      },
    ],
    test: SHOWN_ONCE,
  },
  {
    hole: 'R-6',
    name: 'the part of a key that is shown is all of it',
    edits: [
      {
        file: 'src/control/keys/api-keys.ts',
        find: 'const PREFIX_LENGTH = 11',
        replace: 'const PREFIX_LENGTH = 64',
      },
    ],
    test: facade('replays new_token, use, token_list, delete'),
  },
  {
    hole: 'R-6',
    name: 'a token is deleted by itself only',
    edits: [
      {
        file: 'src/control/ragflow/ragflow-tokens.ts',
        find: "where('key_id', '=', ref), ",
        replace: '',
      },
    ],
    test: facade('replays new_token, use, token_list, delete'),
  },
  {
    hole: 'R-6',
    name: 'a token in an address is logged',
    edits: [
      {
        file: 'src/log/log-requests.ts',
        find: 'url: withoutSecrets(shown)',
        replace: 'url: shown',
      },
    ],
    test: NO_LOG,
  },
  {
    hole: 'R-6',
    name: 'the address of a deletion is logged',
    edits: [
      {
        file: 'src/control/ragflow/ragflow-routes.ts',
        find: '      ...QUIET,\n',
        replace: '',
      },
    ],
    test: NO_LOG,
  },
  {
    hole: 'R-6',
    name: 'the first characters of a token that failed are logged',
    edits: [
      {
        file: 'src/server/build-server.ts',
        find: "        request.log.info({ code: error.code, user: principal?.userId }, 'refused')",
        replace:
          "        request.log.info({ code: error.code, token: String(request.headers['x-api-key']).slice(0, 10) }, 'refused')",
      },
    ],
    test: NO_LOG,
  },
  {
    hole: 'R-7',
    name: 'answers about documents are remembered for all workspaces',
    edits: [
      {
        file: 'src/engine/roles/cached-language-model.ts',
        find: '    const known = await this.#cache.get(key)\n',
        replace: '    const known = SHARED.get(key) ?? (await this.#cache.get(key))\n',
      },
      {
        file: 'src/engine/roles/cached-language-model.ts',
        find: '      const chunkId = options.chunkId ?? null\n',
        replace:
          '      const chunkId = options.chunkId ?? null\n      SHARED.set(key, answer.text)\n',
      },
      {
        file: 'src/engine/roles/cached-language-model.ts',
        find: 'const NO_USAGE =',
        replace: 'const SHARED = new Map<string, string>()\nconst NO_USAGE =',
      },
    ],
    test: ASKED_TWICE,
  },
  {
    hole: 'R-7',
    name: 'answers to questions are remembered for all workspaces',
    edits: [
      {
        file: 'src/engine/retrieve/answer-cache.ts',
        find: '  return { read: () => store.cache.get(key), keeping: (answer, end) => keeping(answer, end, keep) }',
        replace: `  const share = async (value: string) => void SHARED.set(question.query, value)
  return { read: async () => SHARED.get(question.query) ?? null, keeping: (answer, end) => keeping(answer, end, share) }`,
      },
      {
        file: 'src/engine/retrieve/answer-cache.ts',
        find: 'async function* keeping(',
        replace: 'const SHARED = new Map<string, string>()\n\nasync function* keeping(',
      },
    ],
    test: ASKED_TWICE,
  },
  {
    hole: 'R-7',
    name: 'vectors are remembered for all workspaces',
    edits: [
      {
        file: 'src/models/schedule/remembered-embedding.ts',
        find: 'JSON.stringify([workspace ?? null, text])',
        replace: 'JSON.stringify([text])',
      },
    ],
    test: {
      file: 'tests/models/schedule/remembered-embedding.test.ts',
      title: 'lets no workspace feel what another has asked',
    },
  },
  {
    hole: 'R-8',
    name: 'credit never falls',
    edits: [
      {
        file: 'src/control/quotas/usage.ts',
        find: "credit: set('credit', '-', entry.cost)",
        replace: "credit: set('credit', '-', 0)",
      },
    ],
    test: ZERO_CREDIT,
  },
  {
    hole: 'R-8',
    name: 'calls go on without credit',
    edits: [
      {
        file: 'src/control/quotas/spending.ts',
        find: "    if (credit !== null && credit <= 0) throw exhausted('credit')\n",
        replace: '',
      },
    ],
    test: ZERO_CREDIT,
  },
  {
    hole: 'R-8',
    name: 'an owner gives their own tenant credit',
    edits: [
      {
        file: 'src/control/tenants/tenants.ts',
        find: 'if (change.quota !== undefined || change.credit !== undefined) assertSuperAdmin(actor)',
        replace: 'if (change.quota !== undefined) assertSuperAdmin(actor)',
      },
    ],
    test: ZERO_CREDIT,
  },
  {
    hole: 'R-8',
    name: 'a stream needs no credit',
    edits: [
      {
        file: 'src/control/quotas/quota-rag.ts',
        find: "rule === 'query' ? quotas.beginQuery(tenantKb) : () => undefined",
        replace: '() => undefined',
      },
    ],
    test: ZERO_CREDIT,
  },
  {
    hole: 'R-8',
    name: 'documents are taken in without credit',
    edits: [
      {
        file: 'src/control/quotas/quota-rag.ts',
        find: '    await quotas.assertSolvent(tenantKb)\n    await assertGraphNotFull',
        replace: '    await assertGraphNotFull',
      },
    ],
    test: ZERO_CREDIT,
  },
  {
    hole: 'R-8',
    name: 'a scan begins without credit',
    edits: [withoutCredit('scan')],
    test: ZERO_CREDIT,
  },
  {
    hole: 'R-8',
    name: 'failed documents are tried again without credit',
    edits: [withoutCredit('background')],
    test: ZERO_CREDIT,
  },
  {
    hole: 'R-8',
    name: 'chunks of a document are tried again without credit',
    edits: [
      {
        file: 'src/control/quotas/quota-rules.ts',
        find: "retryChunks: 'background'",
        replace: "retryChunks: 'counted'",
      },
    ],
    test: ZERO_CREDIT,
  },
  {
    hole: 'R-8',
    name: 'the graph is changed without credit',
    edits: [withoutCredit('graph-edit')],
    test: ZERO_CREDIT,
  },
  {
    hole: 'R-9',
    name: 'a call is metered twice',
    edits: [
      {
        file: 'src/control/quotas/usage.ts',
        find: 'entry.calls += 1',
        replace: 'entry.calls += 2',
      },
    ],
    test: METERED,
  },
  {
    hole: 'R-9',
    name: 'a call is metered for another tenant',
    edits: [
      {
        file: 'src/control/kbs/tenant-kbs.ts',
        find: "        .where('kbs.workspace_key', '=', workspace.toLowerCase())\n",
        replace: '',
      },
    ],
    test: METERED,
  },
  {
    hole: 'R-9',
    name: 'a call is metered for all who use the model',
    edits: [
      {
        file: 'src/control/quotas/usage.ts',
        find: '      if (entry.cost === 0) return\n',
        replace: `        await tx
          .updateTable('usage')
          .set((set) => ({ calls: set('calls', '+', entry.calls) }))
          .where('model', '=', entry.model)
          .where('tenant_id', '!=', tenantKb.tenantId)
          .execute()
        if (entry.cost === 0) return
`,
      },
    ],
    test: METERED,
  },
  {
    hole: 'R-9',
    name: 'calls are not told apart by model',
    edits: [
      {
        file: 'src/control/quotas/usage.ts',
        find: '          model: entry.model,',
        replace: "          model: '',",
      },
    ],
    test: METERED,
  },
  {
    hole: 'R-9',
    name: 'calls are not told apart by step',
    edits: [
      {
        file: 'src/control/quotas/usage.ts',
        find: '          step: entry.step,',
        replace: "          step: '',",
      },
    ],
    test: METERED,
  },
  {
    hole: 'R-9',
    name: 'nobody is named as the caller',
    edits: [
      {
        file: 'src/server/engines/local-engines.ts',
        find: 'services.onUsage(record, context.current()?.principal.userId)',
        replace: 'control?.plane.usage.record(record)',
      },
    ],
    test: METERED,
  },
  {
    hole: 'R-9',
    name: 'a report holds the use of all tenants',
    edits: [
      {
        file: 'src/control/quotas/usage.ts',
        find: "      .where('tenant_id', '=', tenant.tenant_id)\n      .where('day', '>=', from)",
        replace: "      .where('day', '>=', from)",
      },
    ],
    test: METERED,
  },
  {
    hole: 'R-9',
    name: 'a budget bounds nothing',
    edits: [
      {
        file: 'src/control/quotas/spending.ts',
        find: "      throw exhausted('budget')\n",
        replace: '',
      },
    ],
    test: BUDGET,
  },
  {
    hole: 'R-9',
    name: 'a budget is looked at after the call',
    edits: [
      {
        file: 'src/control/quotas/quota-rag.ts',
        find: '    const end = await this.#options.quotas.beginQuery(tenantKb)\n    try {\n      return await call()\n    } finally {\n      end()\n    }',
        replace:
          '    const answer = await call()\n    const end = await this.#options.quotas.beginQuery(tenantKb)\n    end()\n    return answer',
      },
    ],
    test: BUDGET,
  },
  {
    hole: 'R-10',
    name: 'keys of providers are kept in plain text',
    edits: [
      {
        file: 'src/control/keys/provider-secrets.ts',
        find: 'sealed: this.#sealer.seal(key, placeText(place)),',
        replace: 'sealed: key,',
      },
      {
        file: 'src/control/keys/provider-secrets.ts',
        find: 'return own && this.#sealer.open(own.sealed, placeText(own))',
        replace: 'return own?.sealed',
      },
    ],
    test: SEALED,
  },
  {
    hole: 'R-10',
    name: 'the answer repeats the key',
    edits: [
      {
        file: 'src/control/keys/provider-secrets.ts',
        find: '        last_four: value.last_four,\n',
        replace: '        last_four: value.last_four,\n        key,\n',
      },
    ],
    test: SEALED,
  },
  {
    hole: 'R-10',
    name: 'keys are read back in the list',
    edits: [
      {
        file: 'src/control/keys/provider-secrets.ts',
        find: '    return rows.map(({ provider, kb_id, last_four, updated_at }) => ({\n      provider,\n',
        replace:
          '    return rows.map(({ provider, kb_id, last_four, updated_at, ...row }) => ({\n      provider,\n      key: this.#sealer.open(row.sealed, placeText({ ...row, kb_id, provider })),\n',
      },
    ],
    test: SEALED,
  },
  {
    hole: 'R-10',
    name: 'the key of one tenant is used for another',
    edits: [
      {
        file: 'src/control/keys/provider-secrets.ts',
        find: "      .where('kbs.workspace', '=', workspace)\n",
        replace: '',
      },
    ],
    test: SEALED,
  },
  {
    hole: 'R-10',
    name: 'a key that was put into another row opens there',
    edits: [
      {
        file: 'src/control/keys/sealer.ts',
        find: '.setAAD(Buffer.from(place))\n    const sealed',
        replace: '\n    const sealed',
      },
      {
        file: 'src/control/keys/sealer.ts',
        find: '      decipher.setAAD(Buffer.from(place))\n',
        replace: '',
      },
    ],
    test: secrets('do not open with another key, in another place, or when they were altered'),
  },
  {
    hole: 'R-11',
    name: 'a failure is told in its own words',
    edits: [
      {
        file: 'src/http/errors/error-handler.ts',
        find: '  return { status: 500, code: UNFORESEEN, message }',
        replace: '  return { status: 500, code: UNFORESEEN, message: String(error) }',
      },
    ],
    test: TOLD_TO_NOBODY,
  },
  {
    hole: 'R-11',
    name: 'a failure that speaks of 401 is answered as a refusal',
    edits: [
      {
        file: 'src/http/errors/error-handler.ts',
        find: '  return { status: 500, code: UNFORESEEN, message }',
        replace:
          "  return { status: String(error).includes('401') ? 401 : 500, code: UNFORESEEN, message }",
      },
    ],
    test: TOLD_TO_NOBODY,
  },
  {
    hole: 'R-11',
    name: 'RAGFlow’s clients are told of a failure in its own words',
    edits: [
      {
        file: 'src/control/ragflow/envelope.ts',
        find: '    if (status < 500) return refuse(reply, 200, CODE.argument, message)\n    return refuse(reply, status, CODE.exception, message)',
        replace:
          '    if (status < 500) return refuse(reply, 200, CODE.argument, message)\n    return refuse(reply, status, CODE.exception, String(error))',
      },
    ],
    test: TOLD_TO_NOBODY,
  },
  {
    hole: 'R-12',
    name: 'failures cost no wait',
    edits: [
      {
        file: 'src/tenancy/sign-in/sign-in-guard.ts',
        find: '    if (wait > 0) {',
        replace: '    if (wait > 0 && false) {',
      },
    ],
    test: WAITS,
  },
  {
    hole: 'R-12',
    name: 'the wait stays the same',
    edits: [
      {
        file: 'src/tenancy/sign-in/sign-in-guard.ts',
        find: 'FIRST_WAIT_SECONDS * 2 ** over',
        replace: 'FIRST_WAIT_SECONDS',
      },
    ],
    test: WAITS,
  },
  {
    hole: 'R-12',
    name: 'the wait has no bound',
    edits: [
      {
        file: 'src/tenancy/sign-in/sign-in-guard.ts',
        find: 'Math.min(FIRST_WAIT_SECONDS * 2 ** over, maxWaitSeconds)',
        replace: 'FIRST_WAIT_SECONDS * 2 ** over',
      },
    ],
    test: WAITS,
  },
  {
    hole: 'R-12',
    name: 'logins are not counted',
    edits: [
      {
        file: 'src/tenancy/sign-in/auth-routes.ts',
        find: 'await countSignIn(request, form.username)\n      const account',
        replace: 'const account',
      },
    ],
    test: THIRTY,
  },
  {
    hole: 'R-12',
    name: 'the login asks no guard',
    edits: [
      {
        file: 'src/server/build-server.ts',
        find: '      tokens,\n      guard: defences.signInGuard,\n      onSignIn: (signIn) => audit?.signedIn(signIn),\n      ...(control',
        replace:
          '      tokens,\n      onSignIn: (signIn) => audit?.signedIn(signIn),\n      ...(control',
      },
    ],
    test: THIRTY,
  },
  {
    hole: 'R-12',
    name: 'every origin may call',
    edits: [
      {
        file: 'src/server/guards/build-defences.ts',
        find: "origin: any ? '*' : [...origins]",
        replace: 'origin: true',
      },
    ],
    test: { file: 'tests/http/cors.test.ts', title: 'lets no other origin' },
  },
  {
    hole: 'R-12',
    name: 'a body may be as long as one likes',
    edits: [
      {
        file: 'src/http/body/body-limits.ts',
        find: 'Math.min(limit, mostBytes)',
        replace: '2 ** 30',
      },
    ],
    test: BODIES,
  },
  {
    hole: 'R-12',
    name: 'strangers send an invitation as much as users their texts',
    edits: [
      {
        file: 'src/control/members/invitation-token-routes.ts',
        find: 'bodyLimit: BODY_BYTES.small,\n      schema: { body: TokenBody, response: { 204: Nothing } }',
        replace:
          'bodyLimit: 2 ** 26,\n      schema: { body: TokenBody, response: { 204: Nothing } }',
      },
    ],
    test: STRANGERS,
  },
  {
    hole: 'R-12',
    name: 'a text may be as long as one likes',
    edits: [
      {
        file: 'src/server/engines/data-routes.ts',
        find: '    maxTextBodyBytes: config.MAX_REQUEST_BODY_BYTES,\n',
        replace: '      maxTextBodyBytes: 2 ** 30,\n',
      },
      // All routes are held to it once more.
      {
        file: 'src/server/build-server.ts',
        find: '    maxBodyBytes: config.MAX_REQUEST_BODY_BYTES,\n',
        replace: '    maxBodyBytes: 2 ** 30,\n',
      },
    ],
    test: BODIES,
  },
  {
    hole: 'R-12',
    name: 'a file may be as long as one likes',
    edits: [
      {
        file: 'src/server/engines/data-routes.ts',
        find: '    maxUploadBytes: config.MAX_UPLOAD_SIZE,\n',
        replace: '      maxUploadBytes: 2 ** 30,\n',
      },
      // The engine looks a second time.
      {
        file: 'src/config/engine-fields.ts',
        find: '    maxUploadBytes: values.MAX_UPLOAD_SIZE,\n',
        replace: '    maxUploadBytes: 2 ** 30,\n',
      },
    ],
    test: BODIES,
  },
  {
    hole: 'R-12',
    name: 'strangers send the login as much as users their texts',
    edits: [
      {
        file: 'src/tenancy/sign-in/auth-routes.ts',
        find: 'const FORM_LIMIT_BYTES = 16_384',
        replace: 'const FORM_LIMIT_BYTES = 2 ** 30',
      },
    ],
    test: BODIES,
  },
  {
    hole: 'R-13',
    name: 'nobody notes that a key was used',
    edits: [
      {
        file: 'src/control/accounts/control-directory.ts',
        find: '    this.#keyUse.used(access.principal.userId)\n',
        replace: '',
      },
    ],
    test: LAST_USED,
  },
  {
    hole: 'R-13',
    name: 'the last use is made ready to be written, and not written',
    edits: [
      {
        file: 'src/control/keys/key-use.ts',
        find: '        await tx\n',
        replace: '        void tx\n',
      },
      {
        file: 'src/control/keys/key-use.ts',
        find: "          .where('key_id', '=', keyId)\n          .execute()\n",
        replace: "          .where('key_id', '=', keyId)\n",
      },
    ],
    test: LAST_USED,
  },
  {
    hole: 'R-14',
    name: 'an address that nobody has is not invited',
    edits: [
      {
        file: 'src/control/members/invitees.ts',
        find: '  if (email !== undefined && ref === undefined) return byAddress(email)\n',
        replace:
          '  if (email !== undefined && ref === undefined) {\n    await userBy(db, email)\n    return byAddress(email)\n  }\n',
      },
    ],
    test: ADDRESS_ALIKE,
  },
  {
    hole: 'R-14',
    name: 'an invitation tells whose the address is',
    edits: [
      {
        file: 'src/control/ragflow/ragflow-team.ts',
        find: "email: sent.email ?? '', nickname: whom }",
        replace:
          "email: sent.email ?? '', nickname: (await userOrNone(this.#options.core.db, whom))?.username ?? whom }",
      },
    ],
    test: ADDRESS_ALIKE,
  },
  {
    hole: 'R-14',
    name: 'a name that nobody has is not invited',
    edits: [
      {
        file: 'src/control/members/invitees.ts',
        find: '  const user = await userOrNone(db, ref)\n',
        replace: '  const user = await userBy(db, ref)\n',
      },
    ],
    test: NAME_ALIKE,
  },
  {
    hole: 'R-14',
    name: 'the list shows the id of somebody invited by name',
    edits: [
      {
        file: 'src/control/ragflow/ragflow-team.ts',
        find: 'row.invitee === null && row.user_id ? row.user_id : row.invitation_id',
        replace: 'row.user_id ?? row.invitation_id',
      },
    ],
    test: NAME_ALIKE,
  },
  {
    hole: 'R-14',
    name: 'an invitation is withdrawn by the id of somebody invited by name',
    edits: [
      {
        file: 'src/control/ragflow/ragflow-team.ts',
        find: "where.and([where('user_id', '=', ref), where('invitee', 'is', null)])",
        replace: "where('user_id', '=', ref)",
      },
    ],
    test: NAME_ALIKE,
  },
  {
    hole: 'R-14',
    name: 'an invitation is withdrawn by the address of somebody invited by name',
    edits: [
      {
        file: 'src/control/ragflow/ragflow-team.ts',
        find: 'this.#pendingOf(tenant.tenant_id, userRef, self ? user : undefined)',
        replace: 'this.#pendingOf(tenant.tenant_id, userRef, user)',
      },
    ],
    test: NAME_ALIKE,
  },
  {
    hole: 'R-14',
    name: 'a stranger is added at once by name',
    edits: [
      {
        file: 'src/control/members/members.ts',
        find: '  return user && (await areTogether(db, actor, user.user_id)) ? user : undefined',
        replace: '  return user',
      },
    ],
    test: MEMBER_ALIKE,
  },
  {
    hole: 'R-14',
    name: 'only an invitation of nobody has a token',
    edits: [
      {
        file: 'src/control/members/invitations.ts',
        find: 'const shown = !mailed && row.invitee === null',
        replace: 'const shown = !mailed && row.user_id === null',
      },
    ],
    test: MEMBER_ALIKE,
  },
  {
    hole: 'R-14',
    name: 'invitations show the id of who has the name',
    edits: [
      {
        file: 'src/control/members/invitations.ts',
        find: 'user_id: row.invitee === null ? row.user_id : null,',
        replace: 'user_id: row.user_id,',
      },
    ],
    test: MEMBER_ALIKE,
  },
  {
    hole: 'R-14',
    name: 'who is no member sounds another than who is no user',
    edits: [
      {
        file: 'src/control/members/members.ts',
        find: "  if (user === undefined) throw notFound('member')",
        replace: "  if (user === undefined) throw notFound('user')",
      },
    ],
    test: MEMBER_ALIKE,
  },
  {
    hole: 'R-14',
    name: 'who was handed a token gets the address',
    edits: [
      {
        file: 'src/control/members/invitations.ts',
        find: 'row.mailed === 1 ? row.email : null',
        replace: 'row.email',
      },
    ],
    test: PROVEN_ADDRESS,
  },
  {
    hole: 'R-14',
    name: 'somebody handed a token takes an address for a name',
    edits: [
      {
        file: 'src/control/accounts/users.ts',
        find: "if (!actor.superAdmin && key.includes('@') && key !== emailKey) {",
        replace: "if (key === '@') {",
      },
    ],
    test: PROVEN_ADDRESS,
  },
  {
    hole: 'R-14',
    name: 'an invitation never expires',
    edits: [
      {
        file: 'src/control/members/invitation-steps.ts',
        find: ' || row.expires_at <= at) throw',
        replace: ') throw',
      },
    ],
    test: INVITATION_ENDS,
  },
  {
    hole: 'R-14',
    name: 'an invitation that was declined stays open',
    edits: [
      {
        file: 'src/control/members/invitations.ts',
        find: "      await settle(mutation, { ...NOBODY, id: row.invitation_id }, row, 'declined')\n",
        replace: '      void row\n',
      },
    ],
    test: INVITATION_ENDS,
  },
  {
    hole: 'R-14',
    name: 'an invitation that was withdrawn stays open',
    edits: [
      {
        file: 'src/control/members/invitations.ts',
        find: "      await settle(mutation, actor, row, 'withdrawn')\n",
        replace: '      void row\n',
      },
    ],
    test: INVITATION_ENDS,
  },
  {
    hole: 'R-14',
    name: 'a new sending leaves the old token',
    edits: [
      {
        file: 'src/control/members/invitations.ts',
        find: "          token_digest: digestOf(token).toString('hex'),\n          mailed: 0,\n          expires_at: at",
        replace: '          mailed: 0,\n          expires_at: at',
      },
    ],
    test: INVITATION_ENDS,
  },
  {
    hole: 'R-15',
    name: 'an account is made before its membership',
    edits: [
      {
        file: 'src/control/members/invitations.ts',
        find: '      const user = await users.insert(mutation, actor, { username, email }, hash)\n',
        replace: '      const user = made.value\n',
      },
      {
        file: 'src/control/members/invitations.ts',
        find: '    const hash = await users.hashOf(account.password)\n',
        replace: `    const row = await this.#core.mutate((mutation) => this.#byToken(mutation, token))
    const hash = await users.hashOf(account.password)
    const made = {
      value: await this.#core.mutate((mutation) =>
        users.insert(mutation, { ...NOBODY, id: row.invitation_id }, { username: account.username }, hash),
      ),
    }
`,
      },
    ],
    test: WHOLE,
  },
  {
    hole: 'R-15',
    name: 'a tenant is made before its owner',
    edits: [
      {
        file: 'src/control/tenants/tenants.ts',
        find: '    const row = await this.#core.mutate((mutation) => this.#insert(mutation, actor, input))\n',
        replace: `    const row = await this.#core.mutate((mutation) => this.#insert(mutation, actor, input))
    await this.#core.mutate((mutation) =>
      this.#insertOwner(mutation, actor, row.tenant_id, input.owner ?? actor.userId),
    )
`,
      },
      {
        file: 'src/control/tenants/tenants.ts',
        find: '    await this.#insertOwner(mutation, actor, row.tenant_id, input.owner ?? actor.userId)\n    await countTenants',
        replace: '    await countTenants',
      },
    ],
    test: WHOLE,
  },
]
