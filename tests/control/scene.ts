import type { Account, Management } from './management.ts'
import type { Scene } from './routes/control-cases.ts'

/** What calls are made about in a tenant; whatever one takes away is made anew for the next. */
export async function setScene(
  management: Management,
  owner: Account,
  tenant: string,
  guest?: Account,
): Promise<Scene> {
  const { operator, ask, call } = management
  const base = `/api/v1/tenants/${tenant}`
  let made = 0
  const create = async (path: string, body: unknown, id: string): Promise<string> =>
    String((await ask(owner.headers, 'POST', `${base}${path}`, body))[id])
  const kb = () => create('/kbs', { name: `scene ${tenant.slice(-4)} ${++made}` }, 'kb_id')
  const user = async () => {
    const username = `${tenant.slice(-6)}-scene-${++made}`
    return String((await ask(operator, 'POST', '/api/v1/admin/users', { username })).user_id)
  }
  const deletedKb = async () => {
    const id = await kb()
    await ask(owner.headers, 'DELETE', `${base}/kbs/${id}?wait=true`)
    return id
  }
  const job = await ask(owner.headers, 'DELETE', `${base}/kbs/${await kb()}`)
  return {
    tenant,
    ownerId: owner.id,
    deletionJob: String(job.job_id),
    kb,
    deletedKb,
    user,
    member: async () => {
      const user_id = await user()
      await ask(owner.headers, 'POST', `${base}/members`, { user_id })
      return user_id
    },
    invitation: () =>
      create('/invitations', { email: `scene-${++made}@example.com` }, 'invitation_id'),
    openEngine: async () => {
      const { slug } = await ask(owner.headers, 'GET', base)
      await ask({ ...owner.headers, 'x-tenant-id': tenant }, 'GET', '/documents/status_counts')
      return `${slug}__default`
    },
    invite: async () => {
      if (guest === undefined) return
      await ask(owner.headers, 'POST', `${base}/invitations`, { user_id: guest.id })
    },
    uninvite: async () => {
      if (guest === undefined) return
      await call(owner.headers, 'DELETE', `/api/v1/tenant/${tenant}/user/${guest.id}`)
    },
    apiKey: () => create('/api-keys', { name: 'of the scene' }, 'key_id'),
    resume: async () => {
      await ask(operator, 'POST', `${base}/resume`)
    },
  }
}
