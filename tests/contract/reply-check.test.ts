import { beforeAll, describe, expect, it } from 'vitest'
import { type ReplyCheck, replyCheck, type SeenReply } from './reply-check.ts'

const DONE: SeenReply = {
  method: 'POST',
  path: '/api/v1/admin/users/somebody/disable',
  status: 204,
  contentType: '',
  text: '',
  body: undefined,
}

describe('a reply held against the description', () => {
  let check: ReplyCheck
  beforeAll(async () => {
    check = await replyCheck()
  })

  it('may be empty where none is described', () => {
    expect(() => check(DONE)).not.toThrow()
  })

  it('must be empty where none is described', () => {
    expect(() => check({ ...DONE, text: 'done' })).toThrow(/described without a body/)
  })

  it('must have a status and a type that are described', () => {
    expect(() => check({ ...DONE, status: 201 })).toThrow(/201 is not described/)
    const health = { ...DONE, method: 'GET', path: '/health', status: 200, text: '{}' }
    expect(() => check({ ...health, contentType: 'text/html' })).toThrow(/not described as text/)
  })

  it('must have the fields that are described', () => {
    const json = { contentType: 'application/json', text: '{}', body: {} }
    const version = { ...DONE, ...json, method: 'GET', path: '/api/version', status: 200 }
    expect(() => check(version)).toThrow(/version/)
    expect(() => check({ ...version, body: { version: '1' } })).not.toThrow()
  })
})
