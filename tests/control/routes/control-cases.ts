import type { TenantPermission } from '../../../src/control/authority/tenant-permissions.ts'

/** What a caller has to be: a permission in the tenant of the path, or what is said beside it. */
export type Needs =
  | TenantPermission
  /** Whoever has a credential. */
  | 'signed-in'
  | 'super-admin'
  /** Who has a token. */
  | 'token'
  /** A user of the control plane. */
  | 'stored-user'
  /** Who began what is asked about. */
  | 'creator'
  | 'public'

/** What stands in the tenant for one call, made anew for it where that is needed. */
export interface Scene {
  readonly tenant: string
  readonly ownerId: string
  readonly deletionJob: string
  kb(): Promise<string>
  deletedKb(): Promise<string>
  user(): Promise<string>
  member(): Promise<string>
  invitation(): Promise<string>
  apiKey(): Promise<string>
  /** The workspace of an engine that is open. */
  openEngine(): Promise<string>
  /** Invites the guest of the scene, where it has one; and undoes it, whatever they answered. */
  invite(): Promise<void>
  uninvite(): Promise<void>
  resume(): Promise<void>
}

export interface ControlCall {
  readonly path: string
  readonly body?: unknown
}

export interface ControlCase {
  readonly needs: Needs
  readonly call: (scene: Scene) => ControlCall | Promise<ControlCall>
  /** Puts back what the call took away. */
  readonly after?: (scene: Scene) => Promise<void>
  /** Ends the caller's own credential; comes last. */
  readonly last?: true
}

const within = (
  needs: Needs,
  rest: string | ((scene: Scene) => string | Promise<string>),
  body?: unknown,
): ControlCase => ({
  needs,
  call: async (scene) => ({
    path: `/tenants/${scene.tenant}${typeof rest === 'string' ? rest : await rest(scene)}`,
    ...(body === undefined ? {} : { body }),
  }),
})
const plain = (needs: Needs, path: string, body?: unknown): ControlCase => ({
  needs,
  call: () => ({ path, ...(body === undefined ? {} : { body }) }),
})

let made = 0
const another = (word: string) => `${word}-${++made}`

const kbCases = (base: (scene: Scene) => string): Record<string, ControlCase> => {
  const at = (needs: Needs, rest: (scene: Scene) => string | Promise<string>, body?: unknown) => ({
    needs,
    call: async (scene: Scene) => ({
      path: `${base(scene)}${await rest(scene)}`,
      ...(body === undefined ? {} : { body }),
    }),
  })
  return {
    'GET ': at('tenant:read', () => ''),
    'POST ': {
      needs: 'kb:create',
      call: (scene) => ({ path: base(scene), body: { name: another('made here') } }),
    },
    'GET /:kb': at('tenant:read', () => '/default'),
    'PUT /:kb': at('kb:manage', () => '/default', { description: 'changed' }),
    'PATCH /:kb': at('kb:manage', () => '/default', { description: 'changed' }),
    'DELETE /:kb': at('kb:delete', async (scene) => `/${await scene.kb()}?wait=true`),
    'POST /:kb/restore': at('kb:manage', async (scene) => `/${await scene.deletedKb()}/restore`),
  }
}

function spelled(path: string, base: (scene: Scene) => string): Record<string, ControlCase> {
  const cases = Object.entries(kbCases(base))
  return Object.fromEntries(cases.map(([key, value]) => [key.replace(' ', ` ${path}`), value]))
}

/** How each route of the management API is called, and who may; without `/api/v1`. */
export const CONTROL_CASES: Readonly<Record<string, ControlCase>> = {
  'GET /tenants': plain('signed-in', '/tenants'),
  'POST /tenants': {
    needs: 'super-admin',
    call: () => ({ path: '/tenants', body: { name: another('Techstart') } }),
  },
  'GET /tenants/me': plain('tenant:read', '/tenants/me'),
  'GET /tenants/:tenant': within('tenant:read', ''),
  'PUT /tenants/:tenant': within('tenant:manage', '', { description: 'changed' }),
  'PATCH /tenants/:tenant': within('tenant:manage', '', { description: 'changed' }),
  // With the wrong word, so that whoever may do it gets no further.
  'DELETE /tenants/:tenant': within('tenant:own', '?confirm=another-word'),
  'POST /tenants/:tenant/suspend': {
    ...within('super-admin', '/suspend', { reason: 'a test' }),
    after: (scene) => scene.resume(),
  },
  'POST /tenants/:tenant/resume': within('super-admin', '/resume'),
  'POST /tenants/:tenant/restore': within('super-admin', '/restore'),
  'POST /tenants/:tenant/purge': within('super-admin', '/purge'),
  'POST /tenants/:tenant/transfer': {
    needs: 'tenant:own',
    call: ({ tenant, ownerId }) => ({
      path: `/tenants/${tenant}/transfer`,
      body: { user_id: ownerId },
    }),
  },
  'GET /deletions/:job': {
    needs: 'creator',
    call: ({ deletionJob }) => ({ path: `/deletions/${deletionJob}` }),
  },
  'GET /tenants/:tenant/config': within('tenant:manage', '/config'),
  'GET /tenants/:tenant/kbs/:kb/config': within('kb:manage', '/kbs/default/config'),
  'GET /config-schema': plain('signed-in', '/config-schema'),
  'GET /prompts/defaults': plain('signed-in', '/prompts/defaults'),
  'PATCH /tenants/:tenant/config': within('tenant:manage', '/config', { top_k: 30 }),
  'GET /tenants/:tenant/quota': within('tenant:manage_billing', '/quota'),
  'PATCH /tenants/:tenant/quota': within('super-admin', '/quota', { max_documents: 9000 }),
  'GET /tenants/:tenant/provider-keys': within('tenant:manage', '/provider-keys'),
  'PUT /tenants/:tenant/provider-keys/:provider': within('tenant:manage', '/provider-keys/openai', {
    key: 'sk-test-0123456789abcdef',
  }),
  'DELETE /tenants/:tenant/provider-keys/:provider': within(
    'tenant:manage',
    '/provider-keys/openai',
  ),
  'GET /tenants/:tenant/members': within('tenant:read', '/members'),
  'POST /tenants/:tenant/members': {
    needs: 'tenant:manage_members',
    call: async (scene) => ({
      path: `/tenants/${scene.tenant}/members`,
      body: { user_id: await scene.user() },
    }),
  },
  'GET /tenants/:tenant/members/:user': within(
    'tenant:read',
    ({ ownerId }) => `/members/${ownerId}`,
  ),
  'PUT /tenants/:tenant/members/:user': within(
    'tenant:manage_members',
    async (scene) => `/members/${await scene.member()}`,
    { role: 'editor' },
  ),
  'DELETE /tenants/:tenant/members/:user': within(
    'tenant:manage_members',
    async (scene) => `/members/${await scene.member()}`,
  ),
  'GET /tenants/:tenant/invitations': within('tenant:manage_members', '/invitations'),
  'POST /tenants/:tenant/invitations': {
    needs: 'tenant:manage_members',
    call: ({ tenant }) => ({
      path: `/tenants/${tenant}/invitations`,
      body: { email: `${another('guest')}@example.com` },
    }),
  },
  'POST /tenants/:tenant/invitations/:invitation/resend': within(
    'tenant:manage_members',
    async (scene) => `/invitations/${await scene.invitation()}/resend`,
    {},
  ),
  'DELETE /tenants/:tenant/invitations/:invitation': within(
    'tenant:manage_members',
    async (scene) => `/invitations/${await scene.invitation()}`,
  ),
  'GET /tenants/:tenant/api-keys': within('tenant:manage', '/api-keys'),
  'POST /tenants/:tenant/api-keys': within('tenant:manage', '/api-keys', { name: 'a key' }),
  'GET /tenants/:tenant/api-keys/:key': within(
    'tenant:manage',
    async (scene) => `/api-keys/${await scene.apiKey()}`,
  ),
  'PATCH /tenants/:tenant/api-keys/:key': within(
    'tenant:manage',
    async (scene) => `/api-keys/${await scene.apiKey()}`,
    { rate: 60 },
  ),
  'POST /tenants/:tenant/api-keys/:key/rotate': within(
    'tenant:manage',
    async (scene) => `/api-keys/${await scene.apiKey()}/rotate`,
    {},
  ),
  'DELETE /tenants/:tenant/api-keys/:key': within(
    'tenant:manage',
    async (scene) => `/api-keys/${await scene.apiKey()}`,
  ),
  'GET /tenants/:tenant/audit': within('tenant:manage', '/audit'),
  'GET /tenants/:tenant/audit/export': within('tenant:manage', '/audit/export'),
  'GET /tenants/:tenant/usage': within('tenant:manage_billing', '/usage'),
  'GET /tenants/:tenant/trash': within('kb:manage', '/trash'),

  ...spelled('/tenants/:tenant/kbs', ({ tenant }) => `/tenants/${tenant}/kbs`),
  ...spelled(
    '/tenants/:tenant/knowledge-bases',
    ({ tenant }) => `/tenants/${tenant}/knowledge-bases`,
  ),
  ...spelled('/knowledge-bases', () => '/knowledge-bases'),

  'GET /users/me': plain('signed-in', '/users/me'),
  'GET /users/me/tenants': plain('signed-in', '/users/me/tenants'),
  // Without the new password, so that none is set.
  'PUT /users/me/password': plain('signed-in', '/users/me/password', { current_password: 'x' }),
  'POST /users/me/sign-out-everywhere': {
    ...plain('stored-user', '/users/me/sign-out-everywhere'),
    last: true,
  },
  'GET /users/me/invitations': plain('signed-in', '/users/me/invitations'),
  'POST /users/me/invitations/accept': plain('signed-in', '/users/me/invitations/accept', {
    token: 'tri_of_nobody',
  }),
  'POST /users/me/invitations/:invitation/accept': plain(
    'signed-in',
    '/users/me/invitations/inv_of_nobody/accept',
  ),
  'POST /users/me/invitations/:invitation/decline': plain(
    'signed-in',
    '/users/me/invitations/inv_of_nobody/decline',
  ),
  'POST /auth/refresh': plain('token', '/auth/refresh'),
  'POST /invitations/accept': plain('public', '/invitations/accept', {
    token: 'tri_of_nobody',
    username: 'nobody',
    password: 'a long password',
  }),
  'POST /invitations/decline': plain('public', '/invitations/decline', { token: 'tri_of_nobody' }),

  'GET /admin/tenants': plain('super-admin', '/admin/tenants'),
  'POST /admin/tenants': {
    needs: 'super-admin',
    call: () => ({ path: '/admin/tenants', body: { name: another('Techstart') } }),
  },
  'GET /admin/trash': plain('super-admin', '/admin/trash'),
  'GET /admin/engines': plain('super-admin', '/admin/engines'),
  'POST /admin/engines/:workspace/evict': {
    needs: 'super-admin',
    call: async (scene) => ({ path: `/admin/engines/${await scene.openEngine()}/evict` }),
  },
  'POST /admin/engines/:workspace/free': plain('super-admin', '/admin/engines/of_nobody/free'),
  'GET /admin/users': plain('super-admin', '/admin/users'),
  'POST /admin/users': {
    needs: 'super-admin',
    call: () => ({ path: '/admin/users', body: { username: another('someone') } }),
  },
  'GET /admin/users/:user': {
    needs: 'super-admin',
    call: ({ ownerId }) => ({ path: `/admin/users/${ownerId}` }),
  },
  'PUT /admin/users/:user/password': {
    needs: 'super-admin',
    call: async (scene) => ({
      path: `/admin/users/${await scene.user()}/password`,
      body: { password: 'a long password' },
    }),
  },
  'POST /admin/users/:user/sign-out-everywhere': {
    needs: 'super-admin',
    call: async (scene) => ({
      path: `/admin/users/${await scene.user()}/sign-out-everywhere`,
    }),
  },
  'POST /admin/users/:user/disable': {
    needs: 'super-admin',
    call: async (scene) => ({ path: `/admin/users/${await scene.user()}/disable` }),
  },
  'POST /admin/users/:user/enable': {
    needs: 'super-admin',
    call: async (scene) => ({ path: `/admin/users/${await scene.user()}/enable` }),
  },
}
