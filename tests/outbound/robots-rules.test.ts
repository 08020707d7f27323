import { expect, it } from 'vitest'
import { robotsAllow } from '../../src/outbound/robots-rules.ts'

const RULES = `# for all
User-agent: *
Disallow: /private/
Allow: /private/open
Disallow: /*.pdf$
Disallow: /search*q=

User-agent: tenantrag
User-agent: other
Disallow: /ours
`

it.each([
  ['/', true],
  ['/private/a', false],
  ['/private/open.html', true],
  ['/a/b.pdf', false],
  ['/a/b.pdf?x', true],
  ['/search?x=1&q=2', false],
  ['/ours', true],
])('lets a stranger have %s: %s', (path, allowed) => {
  expect(robotsAllow(RULES, 'Somebody', path)).toBe(allowed)
})

it('has the rules for its own name count alone', () => {
  expect(robotsAllow(RULES, 'TenantRAG', '/ours/a')).toBe(false)
  expect(robotsAllow(RULES, 'TenantRAG', '/private/a')).toBe(true)
})

it.each(['', 'nonsense', 'User-agent: *\nDisallow:', 'Disallow: /', '<html>'])(
  'takes %j for no rule',
  (rules) => {
    expect(robotsAllow(rules, 'TenantRAG', '/a')).toBe(true)
  },
)

it('takes the one that allows of two as long', () => {
  expect(robotsAllow('User-agent: *\nDisallow: /a\nAllow: /a', 'x', '/a')).toBe(true)
})

it('is done at once with patterns of many stars', () => {
  const rules = `User-agent: *\nDisallow: /${'*a'.repeat(900)}*c$`
  expect(robotsAllow(rules, 'x', `/${'a'.repeat(100_000)}b`)).toBe(true)
})
