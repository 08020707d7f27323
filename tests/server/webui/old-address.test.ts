import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanAddress } from '../../../src/server/webui/old-address.ts'

describe('an address of the web UI that names a tenant', () => {
  it.each([
    ['documents', 'tenant=acme', 'documents', 'acme'],
    [
      'documents',
      'page=2&tenant_id=ACME&filters=status%3Afailed',
      'documents?page=2&filters=status%3Afailed',
      'acme',
    ],
    ['t/acme/documents', 'page=2', 'documents?page=2', 'acme'],
    ['tenants/acme/', '', '', 'acme'],
    ['t/acme', '', '', 'acme'],
    ['documents', 'tenant=../../x', 'documents', undefined],
    ['t/%E0%A4%A/x', '', 'x', undefined],
  ])('%s?%s becomes %s', (path, query, target, tenant) => {
    expect(cleanAddress(path, query)).toEqual({ target, tenant })
  })

  it.each([
    ['documents', ''],
    ['documents', 'page=2'],
    ['tenants', ''],
    ['documents/d/t', ''],
  ])('is none: %s?%s', (path, query) => {
    expect(cleanAddress(path, query)).toBeUndefined()
  })

  it('is clean once it was cleaned', () => {
    const part = fc.stringMatching(/^[a-z0-9%/=&]{0,20}$/)
    fc.assert(
      fc.property(part, part, (path, query) => {
        const clean = cleanAddress(path, `tenant=acme&${query}`)
        const [, rest = ''] = clean?.target.split('?') ?? []
        expect(cleanAddress('documents', rest)).toBeUndefined()
      }),
    )
  })
})
