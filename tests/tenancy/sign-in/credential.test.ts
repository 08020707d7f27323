import { describe, expect, it } from 'vitest'
import { readCredentials } from '../../../src/tenancy/sign-in/credential.ts'

const none = { apiKey: undefined, token: undefined, bearerKey: undefined }
const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln'

describe('credentials of a request', () => {
  it.each([
    [{}, none],
    [{ 'x-api-key': '' }, none],
    [{ 'x-api-key': ' key ' }, { ...none, apiKey: 'key' }],
    [{ authorization: `Bearer ${jwt}` }, { ...none, token: jwt }],
    [{ authorization: `bearer   ${jwt} ` }, { ...none, token: jwt }],
    [{ authorization: 'Bearer sk-123' }, { ...none, bearerKey: 'sk-123' }],
    [{ authorization: 'Bearer a.b.c' }, { ...none, bearerKey: 'a.b.c' }],
    [{ authorization: 'Bearer ' }, none],
    [{ authorization: 'Bearer' }, none],
    [{ authorization: 'Basic YTpi' }, none],
    [
      { authorization: 'Basic YTpi', 'x-api-key': 'key' },
      { ...none, apiKey: 'key' },
    ],
    [{ authorization: 'Bearer one two' }, { ...none, bearerKey: 'one two' }],
  ])('of %j are %j', (headers, expected) => {
    expect(readCredentials(headers)).toEqual(expected)
  })
})
