import { documented, pageWith, TENANT_ID, WHEN } from '../wire/documented.ts'

const USER = {
  user_id: 'usr_klmnopqrst2345klmnop',
  username: 'bea',
  email: 'bea@acme.example',
  is_super_admin: false,
  disabled: false,
  created_at: WHEN.created_at,
}

const { disabled: _disabled, created_at: _created, ...ME } = { ...USER, source: 'store' }

const MINE = {
  tenant_id: TENANT_ID,
  slug: 'acme',
  name: 'Acme',
  tenant_name: 'Acme',
  description: '',
  status: 'active',
  status_reason: null,
  is_active: true,
  metadata: {},
  version: 1,
  role: 'editor',
  permissions: ['tenant:read', 'query:run'],
  last_used_at: null,
  updated_at: WHEN.created_at,
  ...WHEN,
  num_knowledge_bases: 1,
  num_documents: 12,
  storage_used_gb: 0.01,
}

const token = { example: { access_token: 'eyJhbGciOiJIUzI1NiJ9…', token_type: 'bearer' } }
const password = { example: { password: 'a long password' } }
const tag = 'Accounts'
const OPERATOR = 'For operators of the server.'

export const ACCOUNT_DOCS = documented({
  'GET /users/me': { tag, summary: 'Shows the account of the caller', reply: { example: ME } },
  'GET /users/me/tenants': {
    tag,
    summary: 'Lists the tenants of the caller, with their role in each',
    reply: { example: pageWith(MINE) },
  },
  'PUT /users/me/password': {
    tag,
    summary: 'Sets a new password of the caller',
    description: 'All their tokens end; the answer has a new one.',
    body: { example: { current_password: 'the old one', new_password: 'a long password' } },
    reply: token,
  },
  'POST /users/me/sign-out-everywhere': { tag, summary: 'Ends all tokens of the caller' },
  'POST /auth/refresh': {
    tag,
    summary: 'Gives a new token for one that still holds',
    reply: token,
  },
  'GET /admin/users': {
    tag,
    summary: 'Lists the users of the server',
    description: OPERATOR,
    reply: { example: pageWith(USER) },
  },
  'POST /admin/users': {
    tag,
    summary: 'Creates a user',
    description: OPERATOR,
    body: { example: { username: 'bea', email: 'bea@acme.example', password: 'a long password' } },
    reply: { example: USER },
    errors: { 409: 'The name or the address is in use' },
  },
  'GET /admin/users/:user': {
    tag,
    summary: 'Shows a user, by id, name or address',
    description: OPERATOR,
    reply: { example: USER },
  },
  'PUT /admin/users/:user/password': {
    tag,
    summary: 'Sets the password of a user; all their tokens end',
    description: OPERATOR,
    body: password,
  },
  'POST /admin/users/:user/sign-out-everywhere': {
    tag,
    summary: 'Ends all tokens of a user',
    description: OPERATOR,
  },
  'POST /admin/users/:user/disable': {
    tag,
    summary: 'Refuses a user from the next request on',
    description: OPERATOR,
  },
  'POST /admin/users/:user/enable': {
    tag,
    summary: 'Lets a user in again',
    description: OPERATOR,
  },
})
