import type { AttackKind } from '../attack.ts'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

/** Guesses at who somebody is. */
export const signIns: AttackKind = {
  kind: 'sign-in',
  attacks: [
    {
      name: 'guesses-at-one-password',
      by: 'stranger',
      lanes: 16,
      ready: (caller) => async (turn) => {
        const form = `username=${caller.place.username}&password=guess-${turn}`
        await caller.bare('POST', '/login', form, FORM)
      },
    },
    {
      name: 'guesses-at-many-names',
      by: 'stranger',
      lanes: 16,
      ready: (caller) => async (turn) => {
        const form = `username=user-${turn}&password=${'p'.repeat(72)}`
        const address = { 'x-forwarded-for': `198.51.${(turn >> 8) % 256}.${turn % 256}` }
        await caller.bare('POST', '/login', form, { ...FORM, ...address })
      },
    },
    {
      name: 'keys-out-of-thin-air',
      by: 'stranger',
      lanes: 16,
      ready: (caller) => async (turn) => {
        const headers = { 'x-api-key': `${turn}-${'k'.repeat(4000)}` }
        await caller.bare('POST', '/query', { query: 'what is it' }, headers)
      },
    },
    {
      name: 'tokens-of-strangers',
      by: 'stranger',
      lanes: 16,
      ready: (caller) => {
        const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
        const claims = { sub: 'a'.repeat(4000), exp: 9e99 }
        return async (turn) => {
          const token = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ ...claims, turn })}.AAAA`
          await caller.bare('GET', '/documents', undefined, { authorization: `Bearer ${token}` })
        }
      },
    },
  ],
}
