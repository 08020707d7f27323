import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ControlServer, type Person, ROOT_KEY, startControlServer } from './control-server.ts'

const NEW_TENANT = {
  name: 'Acme research',
  llm_id: 'qwen-plus@Tongyi-Qianwen',
  embd_id: null,
  credit: 512,
}

describe('the RAGFlow facade', () => {
  let server: ControlServer
  let owner: Person
  let outsider: Person
  let tenant: string
  beforeAll(async () => {
    server = await startControlServer()
    owner = await server.user('olga')
    outsider = await server.user('otto')
    tenant = await createTenant(owner, 'team')
  })
  afterAll(() => server.close())

  const createTenant = async (who: Person, name: string): Promise<string> => {
    const { body } = await who.call('POST', '/api/v1/tenant/create', { body: { name } })
    expect(body).toMatchObject({ code: 0, message: 'success' })
    return body.data.tenant_id
  }
  const invite = (who: Person, email: string, more = {}, t = tenant) =>
    who.call('POST', `/api/v1/tenant/${t}/user`, { body: { email, ...more } })
  const agree = (who: Person, t = tenant) => who.call('PUT', `/api/v1/tenant/agree/${t}`)
  const users = async (who: Person, t = tenant) =>
    (await who.call('GET', `/api/v1/tenant/${t}/user/list`)).body
  const join = async (name: string, more = {}): Promise<Person> => {
    const person = await server.user(name)
    await invite(owner, person.email, more)
    expect((await agree(person)).body).toEqual({ code: 0, message: 'success', data: true })
    return person
  }
  const newToken = async (who: Person, body: object = {}) =>
    (await who.call('POST', '/api/v1/system/new_token', { body })).body

  it('replays create, invite, agree, work, remove', async () => {
    const boss = await server.user('boss')
    const created = await server.operator('POST', '/api/v1/tenant/create', { body: NEW_TENANT })
    expect(created.status).toBe(200)
    expect(created.body).toMatchObject({
      code: 0,
      data: { name: 'Acme research', llm_id: NEW_TENANT.llm_id, credit: 512, status: '1' },
    })
    const t = created.body.data.tenant_id
    // An operator is no member of what they create: they add the first owner.
    await server.plane.members.add({ id: 'operator', userId: undefined, superAdmin: true }, t, {
      user_id: boss.id,
      role: 'owner',
    })
    const worker = await server.user('worker')
    const invited = await invite(boss, worker.email, {}, t)
    expect(invited.body).toEqual({
      code: 0,
      message: 'success',
      data: {
        id: expect.stringMatching(/^inv_/),
        avatar: '',
        email: worker.email,
        nickname: worker.email,
      },
    })
    const before = await worker.call('GET', '/api/v1/tenant/list')
    expect(before.body.data).toMatchObject([
      { tenant_id: t, role: 'invite', nickname: 'Acme research', email: boss.email, avatar: '' },
    ])
    expect((await agree(worker, t)).body.data).toBe(true)
    const after = await worker.call('GET', '/api/v1/tenant/list')
    expect(after.body.data).toMatchObject([{ tenant_id: t, role: 'normal' }])
    expect(after.body.data[0].update_date).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)
    expect((await users(boss, t)).data).toMatchObject([
      { user_id: boss.id, role: 'owner', nickname: 'boss', email: boss.email, status: '1' },
      { user_id: worker.id, role: 'normal', nickname: 'worker', is_superuser: false },
    ])
    const text = { text: 'The pump house opens at six.', file_source: 'hours.txt' }
    const written = await worker.call('POST', '/documents/text', { body: text })
    expect(written.status).toBe(200)
    const removed = await boss.call('DELETE', `/api/v1/tenant/${t}/user/${worker.id}`)
    expect(removed.body).toEqual({ code: 0, message: 'success', data: true })
    expect((await worker.call('GET', '/documents')).status).toBe(403)
    expect((await worker.call('GET', '/api/v1/tenant/list')).body.data).toEqual([])
  })

  it('replays new_token, use, token_list, delete', async () => {
    const made = await newToken(owner, { name: 'ci' })
    const { token, beta, id } = made.data
    expect(made.data).toMatchObject({ tenant_id: tenant, update_time: null, update_date: null })
    const by = (key: string) => server.by({ authorization: `Bearer ${key}` })
    const text = { text: 'The mill closes at nine.', file_source: 'mill.txt' }
    expect((await by(token)('POST', '/documents/text', { body: text })).status).toBe(200)
    expect((await by(beta)('POST', '/documents/text', { body: text })).status).toBe(403)
    expect((await by(beta)('GET', '/documents')).status).toBe(403)
    const question = { query: 'When does the mill close?' }
    expect((await by(beta)('POST', '/query', { body: question })).status).toBe(200)
    const listed = await owner.call('GET', '/api/v1/system/token_list')
    const shown = listed.body.data.find((one: { id: string }) => one.id === id)
    expect(shown).toMatchObject({ name: 'ci', token: expect.stringMatching(/^trk_.{7}\*+$/) })
    expect(listed.text).not.toContain(token)
    expect(listed.text).not.toContain(beta)
    const removed = await owner.call('DELETE', `/api/v1/system/token/${id}`)
    expect(removed.body.data).toBe(true)
    for (const key of [token, beta]) expect((await by(key)('GET', '/health')).status).toBe(401)
    const again = await owner.call('DELETE', `/api/v1/system/token/${id}`)
    expect([again.status, again.body.code]).toEqual([200, 102])
  })

  it('deletes a token by the token itself, which no log line holds', async () => {
    const { data } = await newToken(owner)
    const { body } = await owner.call('DELETE', `/api/v1/system/token/${data.token}`)
    expect(body).toEqual({ code: 0, message: 'success', data: true })
    expect((await server.by({ 'x-api-key': data.token })('GET', '/documents')).status).toBe(401)
    // As newer clients ask, a path that no route has; and a key of the users file, which is no token.
    await owner.call('DELETE', `/api/v1/system/tokens/${data.token}`)
    await owner.call('GET', `/api/v1/system/token_list?token=${data.token}`)
    await owner.call('DELETE', `/api/v1/system/token/${ROOT_KEY}`)
    expect(server.log.length).toBeGreaterThan(5)
    expect(server.log.join('')).toContain('/api/v1/system/tokens/trk_…')
    for (const secret of [data.token.slice(0, 10), ROOT_KEY]) {
      expect(server.log.join('')).not.toContain(secret)
    }
  })

  it('deletes no token of a tenant that the caller does not manage', async () => {
    const { data } = await newToken(owner)
    const stranger = await server.user('stranger')
    await createTenant(stranger, 'strange')
    for (const ref of [data.id, data.token]) {
      const { body } = await stranger.call('DELETE', `/api/v1/system/token/${ref}`)
      expect(body).toMatchObject({ code: 102, data: null })
    }
    expect((await server.by({ 'x-api-key': data.token })('GET', '/documents')).status).toBe(200)
  })

  it('gives no token of a tenant that the caller has only been invited to', async () => {
    const guest = await server.user('guest')
    await invite(owner, guest.email, { role: 'admin' })
    expect((await newToken(guest)).code).toBe(109)
    expect((await newToken(guest, { tenant_id: tenant })).code).toBe(109)
    for (const path of ['token_list', `token_list?tenant_id=${tenant}`, 'stats']) {
      const { body } = await guest.call('GET', `/api/v1/system/${path}`)
      expect([path, body.code, body.data]).toEqual([path, 109, null])
    }
  })

  it('asks who owns several tenants which one a token is for', async () => {
    const rich = await server.user('rich')
    const [one, two] = [await createTenant(rich, 'one'), await createTenant(rich, 'two')]
    expect((await newToken(rich)).code).toBe(101)
    const { data } = await newToken(rich, { tenant_id: two })
    expect(data.tenant_id).toBe(two)
    const listed = await rich.call('GET', `/api/v1/system/token_list?tenant_id=${one}`)
    expect(listed.body.data).toEqual([])
    const other = await newToken(rich, { tenant_id: one })
    for (const id of [data.id, other.data.id]) {
      const removed = await rich.call('DELETE', `/api/v1/system/token/${id}`)
      expect(removed.body).toMatchObject({ code: 0, data: true })
    }
    expect((await rich.call('GET', '/api/v1/system/stats')).body.code).toBe(101)
    expect((await rich.call('GET', '/api/v1/system/token_list')).body.code).toBe(101)
  })

  it('answers an invitation alike whether somebody has the address', async () => {
    const shown = async (email: string) => {
      const { status, text } = await invite(owner, email)
      return [status, text.replaceAll(email, 'ADDRESS').replace(/inv_\w{20}/g, 'INV')]
    }
    expect(await shown(outsider.email)).toEqual(await shown('nobody@example.com'))
    for (const email of [outsider.email, 'nobody@example.com']) {
      expect((await invite(owner, email)).body).toMatchObject({ code: 102, data: null })
    }
  })

  it('takes a user name, and our roles, in an invitation', async () => {
    const named = await server.user('nina')
    expect((await invite(owner, 'NINA', { role: 'viewer' })).body.code).toBe(0)
    await agree(named)
    const { role } = await server.plane.members.get(actor(owner), tenant, named.id)
    expect(role).toBe('viewer')
    expect((await invite(owner, named.email)).body.code).toBe(102)
  })

  it('answers alike whether somebody has a user name, also in the list and the removal', async () => {
    const hidden = await server.user('hidden')
    const shown = async (name: string) => {
      const invited = await invite(owner, name)
      expect((await invite(owner, name)).body.code).toBe(102)
      const { data } = await users(owner)
      const row = data.find(({ nickname }: { nickname: string }) => nickname === name)
      const path = `/api/v1/tenant/${tenant}/user/${name}`
      const removed = await owner.call('DELETE', path)
      const text = JSON.stringify([invited.body, { ...row, delta_seconds: 0 }, removed.body])
      return text
        .replaceAll(name, 'NAME')
        .replace(/inv_\w{20}/g, 'INV')
        .replace(/\d{4}-\d\d-\d\dT[\d:]+/g, 'WHEN')
    }
    const known = await shown('hidden')
    expect(known).toContain('"role":"invite"')
    expect(known).toMatch(/"data":true}]$/)
    expect(await shown('unheard-of')).toBe(known)
    await invite(owner, 'hidden')
    const path = `/api/v1/tenant/${tenant}/user/`
    expect((await owner.call('DELETE', `${path}${hidden.email}`)).body.code).toBe(102)
    expect((await owner.call('DELETE', `${path}${hidden.id}`)).body.code).toBe(102)
    expect((await agree(hidden)).body.code).toBe(0)
  })

  it('shows by day what a tenant used, to who manages it', async () => {
    const rich = await server.user('spender')
    const t = await createTenant(rich, 'spending')
    const { kb_id } = await server.plane.kbs.get(actor(rich), t, 'default')
    const row = { tenant_id: t, kb_id, model: 'm', cost: 0, completion_tokens: 0 }
    await server.plane.core.mutate(async ({ tx }) => {
      const asked = { ...row, day: '2026-05-30', step: 'query', calls: 2, prompt_tokens: 500 }
      await tx
        .insertInto('usage')
        .values([
          { ...asked, actor: 'usr_1' },
          { ...asked, actor: 'usr_2' },
          { ...asked, actor: '', step: 'extract', calls: 7, prompt_tokens: 1000 },
          { ...asked, actor: 'usr_1', day: '2026-06-02' },
        ])
        .execute()
    })
    const path = '/api/v1/system/stats?from_date=2026-05-01%2000:00:00&to_date=2026-05-31'
    const { body } = await rich.call('GET', path)
    const day = '2026-05-30'
    expect(body).toEqual({
      code: 0,
      message: 'success',
      data: {
        pv: [[day, 4]],
        uv: [[day, 2]],
        round: [[day, 4]],
        tokens: [[day, 2]],
        speed: [],
        thumb_up: [],
      },
    })
    const guest = await join('counter')
    for (const query of ['', `?tenant_id=${t}`]) {
      const refused = await guest.call('GET', `/api/v1/system/stats${query}`)
      expect(refused.body).toMatchObject({ code: 109, data: null })
    }
    const odd = await rich.call('GET', '/api/v1/system/stats?from_date=yesterday')
    expect(odd.body.code).toBe(101)
  })

  it('accepts from the invited alone, and once', async () => {
    const late = await server.user('late')
    const { data } = (await invite(owner, 'somebody-else@example.com')).body
    expect((await agree(late)).body.code).toBe(102)
    const foreign = `/api/v1/users/me/invitations/${data.id}/accept`
    expect((await late.call('POST', foreign)).status).toBe(404)
    await invite(owner, late.email)
    expect((await agree(late)).body.code).toBe(0)
    expect((await agree(late)).body.code).toBe(102)
    await owner.call('DELETE', `/api/v1/tenant/${tenant}/user/${late.id}`)
    expect((await agree(late)).body.code).toBe(102)
    expect((await late.call('GET', '/documents')).status).toBe(403)
  })

  it('leaves an owner who agrees to their own tenant what they are', async () => {
    expect((await agree(owner)).body.code).toBe(102)
    const { email } = owner
    await server.plane.invitations.create(actor(owner), tenant, { email, role: 'viewer' })
    expect((await agree(owner)).body.code).toBe(102)
    await owner.call('PUT', `/api/v1/tenant/refuse/${tenant}`)
    const own = (await owner.call('GET', '/api/v1/tenant/list')).body.data
    expect(own).toMatchObject([{ tenant_id: tenant, role: 'owner' }])
  })

  it('lets the invited decline, by refuse or by removing themselves', async () => {
    const first = await server.user('first')
    await invite(owner, first.email)
    const refused = await first.call('PUT', `/api/v1/tenant/refuse/${tenant}`)
    expect(refused.body.code).toBe(0)
    const second = await server.user('second')
    await invite(owner, second.email)
    const removed = await second.call('DELETE', `/api/v1/tenant/${tenant}/user/${second.id}`)
    expect(removed.body.code).toBe(0)
    for (const person of [first, second]) expect((await agree(person)).body.code).toBe(102)
  })

  it('withdraws an invitation by removing who was invited', async () => {
    const early = await server.user('early')
    await invite(owner, early.email)
    const { data } = await users(owner)
    const pending = data.find((one: { email: string }) => one.email === early.email)
    expect(pending.role).toBe('invite')
    const path = `/api/v1/tenant/${tenant}/user/${pending.user_id}`
    expect((await owner.call('DELETE', path)).body.code).toBe(0)
    expect((await agree(early)).body.code).toBe(102)
    expect((await owner.call('DELETE', path)).body.code).toBe(102)
  })

  it('keeps the last owner', async () => {
    const { body } = await owner.call('DELETE', `/api/v1/tenant/${tenant}/user/${owner.id}`)
    expect(body).toMatchObject({ code: 109, data: null })
    expect((await users(owner)).code).toBe(0)
  })

  it('says no more of a foreign tenant than of none', async () => {
    const member = await join('member')
    for (const [who, t] of [
      [outsider, tenant],
      [outsider, 'tnt_none'],
      [member, tenant],
    ] as const) {
      const answers = [
        await who.call('GET', `/api/v1/tenant/${t}/user/list`),
        await invite(who, 'x@example.com', {}, t),
        await who.call('DELETE', `/api/v1/tenant/${t}/user/${owner.id}`),
      ]
      for (const { status, body } of answers) {
        expect([status, body]).toEqual([
          200,
          { code: 109, message: 'No authorization.', data: null },
        ])
      }
    }
    expect((await users(owner)).data[0].user_id).toBe(owner.id)
    // `outsider` may have been invited by another test.
    const stranger = await server.user('foreigner')
    for (const path of [`user/${stranger.id}`, '']) {
      const answers = await Promise.all(
        [tenant, 'tnt_none'].map((t) =>
          path === ''
            ? stranger.call('PUT', `/api/v1/tenant/agree/${t}`)
            : stranger.call('DELETE', `/api/v1/tenant/${t}/${path}`),
        ),
      )
      expect(answers[0]?.body.code).toBe(102)
      expect(answers[0]?.text).toBe(answers[1]?.text)
    }
  })

  it('answers 401 to who is not known, and 101 to what does not fit', async () => {
    const nobody = server.by({})
    for (const caller of [nobody, server.by({ 'x-api-key': 'wrong' })]) {
      const { status, body } = await caller('GET', '/api/v1/tenant/list')
      expect([status, body.code, body.data]).toEqual([401, 401, null])
    }
    for (const body of [{}, { email: 5 }, { email: 'a@example.com', role: 'king' }]) {
      const answer = await owner.call('POST', `/api/v1/tenant/${tenant}/user`, { body })
      expect([answer.status, answer.body.code]).toEqual([200, 101])
    }
    const broken = await owner.call('POST', `/api/v1/tenant/${tenant}/user`, {
      raw: '{"email":',
      headers: { 'content-type': 'application/json' },
    })
    expect([broken.status, broken.body.code]).toEqual([200, 101])
  })

  it('lets nobody but an operator give credit', async () => {
    const { body } = await owner.call('POST', '/api/v1/tenant/create', { body: NEW_TENANT })
    expect(body.code).toBe(109)
  })

  it('takes no new key from a key', async () => {
    const { data } = await newToken(owner, { role: 'admin' })
    const byKey = server.by({ 'x-api-key': data.token })
    const { body } = await byKey('POST', '/api/v1/system/new_token', { body: {} })
    expect(body.code).toBe(109)
    const listed = await byKey('GET', '/api/v1/tenant/list')
    expect(listed.body.data).toMatchObject([{ tenant_id: tenant, role: 'admin' }])
  })

  it('shows an operator of the users file no tenant of others as their own', async () => {
    const { body } = await server.by({ 'x-api-key': ROOT_KEY })('GET', '/api/v1/tenant/list')
    expect(body).toEqual({ code: 0, message: 'success', data: [] })
  })

  function actor({ id }: Person) {
    return { id, userId: id, superAdmin: false }
  }
})
