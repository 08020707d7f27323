import { afterEach, beforeEach, expect, it } from 'vitest'
import { OPERATOR } from '../../src/control/authority/actor.ts'
import { NAME_FORMS } from '../engine/name-forms.ts'
import { addTenant, openPlane, type TestPlane } from './plane.ts'

const NAME = 'Café Azúl'
const FORMS = Object.entries(NAME_FORMS)
/** What has another letter for the same, or space around it, is told apart by itself. */
const HIDDEN = FORMS.filter(([form]) => !/kept|decomposed|surrogate|spaces/.test(form))

let plane: TestPlane
beforeEach(async () => {
  plane = await openPlane()
})
afterEach(() => plane.remove())

it('a tenant and a knowledge base are called by one form of their names', async () => {
  const { owner } = await addTenant(plane, 'acme')
  for (const [form, of] of FORMS) {
    const tenant = await plane.tenants.update(owner, 'acme', { name: of(NAME) })
    expect([form, tenant.name]).toEqual([form, NAME])
    const kb = await plane.kbs.update(owner, 'acme', 'default', { name: of(NAME) })
    expect([form, kb.name]).toEqual([form, NAME])
  }
  const blank = plane.tenants.update(owner, 'acme', { name: '\u200b\u202e' })
  await expect(blank).rejects.toMatchObject({ code: 'invalid_input' })
})

it('a user has no name in which something hides, and the name of another in no form', async () => {
  await plane.users.create(OPERATOR, { username: NAME })
  for (const [form, of] of HIDDEN) {
    const refused = await plane.users.create(OPERATOR, { username: of(NAME) }).then(
      () => 'taken in',
      ({ code }: { code: string }) => code,
    )
    expect([form, refused]).toEqual([form, 'invalid_input'])
  }
  const same = plane.users.create(OPERATOR, { username: NAME.normalize('NFD') })
  await expect(same).rejects.toMatchObject({ code: 'username_taken' })
})
