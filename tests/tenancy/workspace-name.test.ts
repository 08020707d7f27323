import { describe, expect, it } from 'vitest'
import {
  isWorkspaceName,
  parseWorkspaceName,
  workspaceKey,
} from '../../src/tenancy/workspace-name.ts'

describe('workspace name', () => {
  it.each(['acme', 'Tenant_A', '9', 'a-b__c', 'a'.repeat(128), 'console', 'com', 'com10'])(
    'accepts %s unchanged',
    (name) => {
      expect(parseWorkspaceName(name)).toBe(name)
    },
  )

  it.each([
    '',
    ' acme',
    'acme ',
    'a/b',
    'a\\b',
    '..',
    '.hidden',
    '_control',
    '-a',
    'a.b',
    'a\0b',
    'acme\n',
    'ácme',
    '部署',
    'a'.repeat(129),
    'con',
    'NUL',
    'Aux',
    'prn',
    'com1',
    'LPT9',
  ])('refuses %j', (name) => {
    expect(isWorkspaceName(name)).toBe(false)
    expect(() => parseWorkspaceName(name)).toThrow(
      expect.objectContaining({ code: 'invalid_workspace' }),
    )
  })

  it('gives names that differ only in case one key', () => {
    expect(workspaceKey('Acme')).toBe(workspaceKey('aCME'))
    expect(workspaceKey('a-b')).not.toBe(workspaceKey('a_b'))
  })
})
