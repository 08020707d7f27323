import type { TenantPermission } from '../../src/control/authority/tenant-permissions.ts'
import type { ControlCall, Scene } from './routes/control-cases.ts'

/** How a route of RAGFlow's paths is called, and who may. */
export interface RagflowCase {
  readonly needs:
    | TenantPermission
    /** Whoever has a credential. */
    | 'signed-in'
    | 'super-admin'
    /** Who was invited to the tenant; see {@link Scene.invite}. */
    | 'invited'
  /** The code that all others get, with status 200. */
  readonly refusal: 102 | 109
  readonly call: (scene: Scene) => ControlCall | Promise<ControlCall>
  /** Puts back what the call took away. */
  readonly after?: (scene: Scene) => Promise<void>
}

let made = 0

const answersToInvitations = (word: string): RagflowCase => ({
  needs: 'invited',
  refusal: 102,
  call: async (scene) => {
    await scene.invite()
    return { path: `/api/v1/tenant/${word}/${scene.tenant}` }
  },
  after: (scene) => scene.uninvite(),
})

export const RAGFLOW_CASES: Readonly<Record<string, RagflowCase>> = {
  'GET /api/v1/tenant/list': {
    needs: 'signed-in',
    refusal: 109,
    call: () => ({ path: '/api/v1/tenant/list' }),
  },
  'POST /api/v1/tenant/create': {
    needs: 'super-admin',
    refusal: 109,
    call: () => ({ path: '/api/v1/tenant/create', body: { name: `Flow ${++made}` } }),
  },
  'GET /api/v1/tenant/:tenant_id/user/list': {
    needs: 'tenant:manage_members',
    refusal: 109,
    call: ({ tenant }) => ({ path: `/api/v1/tenant/${tenant}/user/list` }),
  },
  'POST /api/v1/tenant/:tenant_id/user': {
    needs: 'tenant:manage_members',
    refusal: 109,
    call: ({ tenant }) => ({
      path: `/api/v1/tenant/${tenant}/user`,
      body: { email: `flow-${++made}@example.com` },
    }),
  },
  'DELETE /api/v1/tenant/:tenant_id/user/:user_id': {
    needs: 'tenant:manage_members',
    refusal: 109,
    call: async (scene) => ({
      path: `/api/v1/tenant/${scene.tenant}/user/${await scene.member()}`,
    }),
  },
  'PUT /api/v1/tenant/agree/:tenant_id': answersToInvitations('agree'),
  'PUT /api/v1/tenant/refuse/:tenant_id': answersToInvitations('refuse'),
  'POST /api/v1/system/new_token': {
    needs: 'tenant:manage',
    refusal: 109,
    call: ({ tenant }) => ({ path: '/api/v1/system/new_token', body: { tenant_id: tenant } }),
  },
  'GET /api/v1/system/token_list': {
    needs: 'tenant:manage',
    refusal: 109,
    call: ({ tenant }) => ({ path: `/api/v1/system/token_list?tenant_id=${tenant}` }),
  },
  'DELETE /api/v1/system/token/:token': {
    needs: 'tenant:manage',
    refusal: 102,
    call: async (scene) => ({ path: `/api/v1/system/token/${await scene.apiKey()}` }),
  },
  'GET /api/v1/system/stats': {
    needs: 'tenant:manage',
    refusal: 109,
    call: ({ tenant }) => ({ path: `/api/v1/system/stats?tenant_id=${tenant}` }),
  },
}
