import type { PermissionTable } from '../../tenancy/permissions.ts'

/** Rows of these routes. */
export const RAGFLOW_PERMISSIONS = {
  'GET /api/v1/tenant/list': 'account',
  'POST /api/v1/tenant/create': 'account',
  'GET /api/v1/tenant/:tenant_id/user/list': 'account',
  'POST /api/v1/tenant/:tenant_id/user': 'account',
  'DELETE /api/v1/tenant/:tenant_id/user/:user_id': 'account',
  'PUT /api/v1/tenant/agree/:tenant_id': 'account',
  'PUT /api/v1/tenant/refuse/:tenant_id': 'account',
  'POST /api/v1/system/new_token': 'account',
  'GET /api/v1/system/token_list': 'account',
  'DELETE /api/v1/system/token/:token': 'account',
  'GET /api/v1/system/stats': 'account',
} as const satisfies PermissionTable
