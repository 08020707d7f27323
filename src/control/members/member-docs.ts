import { documented, pageWith, TENANT_ID, WHEN } from '../wire/documented.ts'

export const MEMBER = {
  user_id: 'usr_klmnopqrst2345klmnop',
  username: 'bea',
  email: 'bea@acme.example',
  role: 'editor',
  kb_ids: null,
  status: 'active',
  ...WHEN,
}

const INVITATION = {
  invitation_id: 'inv_abcdefghij2345abcdef',
  tenant_id: TENANT_ID,
  email: 'dan@techstart.example',
  user_id: null,
  username: null,
  role: 'viewer',
  kb_ids: null,
  status: 'pending',
  expires_at: '2026-06-07T09:00:00.000Z',
  ...WHEN,
}

const SENT = { ...INVITATION, mailed: false, token: 'tri_mK3…', link: null }

const tag = 'Members'
const member = { example: MEMBER }
const GONE = { 409: 'They are a member already', 410: 'The invitation has ended' }

export const MEMBER_DOCS = documented({
  'GET /tenants/:tenant/members': {
    tag,
    summary: 'Lists the members of a tenant',
    reply: { example: pageWith(MEMBER) },
  },
  'POST /tenants/:tenant/members': {
    tag,
    summary: 'Makes a user a member, or invites them',
    description:
      'A user becomes a member at once by their id, when the two of you are in some tenant, and when an operator asks. Any other name or address is invited, whether or not somebody has it: then `status` is `invited`. Nobody grants more than they have.',
    body: { example: { user_id: MEMBER.user_id, role: 'editor' } },
    reply: member,
    errors: { 409: 'They are a member already, and their role stays; or they are invited' },
  },
  'GET /tenants/:tenant/members/:user': {
    tag,
    summary: 'Shows a member, by id, name or address',
    reply: member,
  },
  'PUT /tenants/:tenant/members/:user': {
    tag,
    summary: 'Changes the role of a member, or what they reach',
    body: { example: { role: 'viewer', kb_ids: ['manuals'] } },
    reply: member,
    errors: { 409: 'They are the last owner' },
  },
  'DELETE /tenants/:tenant/members/:user': {
    tag,
    summary: 'Removes a member, from the next request on',
    description: 'Their open streams and the keys they made end. Members may remove themselves.',
    errors: { 409: 'They are the last owner' },
  },
  'GET /tenants/:tenant/invitations': {
    tag,
    summary: 'Lists invitations',
    reply: { example: pageWith(INVITATION) },
  },
  'POST /tenants/:tenant/invitations': {
    tag,
    summary: 'Invites an address or a user',
    description:
      'The invitation is mailed where SMTP_URL is set; else its token is in the answer, once.',
    body: { example: { email: 'dan@techstart.example', role: 'viewer' } },
    reply: { example: SENT },
    errors: { 409: 'They are invited, or a member already' },
  },
  'POST /tenants/:tenant/invitations/:invitation/resend': {
    tag,
    summary: 'Gives an invitation a new token and a new term',
    body: { example: { expires_in: 604800 } },
    reply: { example: SENT },
    errors: GONE,
  },
  'DELETE /tenants/:tenant/invitations/:invitation': {
    tag,
    summary: 'Withdraws an invitation',
    errors: GONE,
  },
  'GET /users/me/invitations': {
    tag,
    summary: 'Lists the pending invitations of the caller',
    reply: { example: { items: [{ ...INVITATION, tenant_name: 'Acme', tenant_slug: 'acme' }] } },
  },
  'POST /users/me/invitations/accept': {
    tag,
    summary: 'Accepts an invitation by its token',
    body: { example: { token: 'tri_mK3…' } },
    reply: { example: { ...INVITATION, status: 'accepted' } },
    errors: GONE,
  },
  'POST /users/me/invitations/:invitation/accept': {
    tag,
    summary: 'Accepts an invitation',
    reply: { example: { ...INVITATION, status: 'accepted' } },
    errors: GONE,
  },
  'POST /users/me/invitations/:invitation/decline': {
    tag,
    summary: 'Declines an invitation',
    errors: GONE,
  },
  'POST /invitations/accept': {
    tag,
    summary: 'Makes an account by the token of an invitation',
    description: 'Open to everybody, 20 times a minute from one address.',
    body: { example: { token: 'tri_mK3…', username: 'dan', password: 'a long password' } },
    reply: { example: { ...INVITATION, status: 'accepted' } },
    errors: { ...GONE, 409: 'The name is in use', 429: 'Too many attempts' },
  },
  'POST /invitations/decline': {
    tag,
    summary: 'Declines an invitation by its token',
    description: 'Open to everybody, 20 times a minute from one address.',
    body: { example: { token: 'tri_mK3…' } },
    errors: { ...GONE, 429: 'Too many attempts' },
  },
})
