import { readFile } from 'node:fs/promises'
import { compare } from 'bcryptjs'
import { describe, expect, it } from 'vitest'
import { readTexts } from '../../src/demo/company.ts'
import { EXAMPLE_USERS, readDemoUser } from '../../src/demo/demo-users.ts'
import { factsOf, QUESTIONS } from '../../src/demo/questions.ts'

const COMPANIES = [
  ['acme', 'techstart'],
  ['techstart', 'acme'],
] as const

describe.each(COMPANIES)('the documents of %s', (name, other) => {
  it('hold the fact that answers each question', async () => {
    const all = [...(await readTexts(name)).values()].join('\n')
    for (const question of QUESTIONS) expect(all).toContain(question.fact[name])
  })

  it(`hold no fact of ${other}`, async () => {
    const all = [...(await readTexts(name)).values()].join('\n')
    expect(factsOf(other).filter((fact) => all.includes(fact))).toEqual([])
  })

  it('are eight, of 150 to 400 words each', async () => {
    const texts = [...(await readTexts(name)).values()]
    const lengths = texts.map((text) => text.split(/\s+/).length)
    expect(lengths).toHaveLength(8)
    expect(lengths.filter((length) => length < 150 || length > 400)).toEqual([])
  })
})

describe('the example users', () => {
  it.each(['acme', 'techstart'])(
    'give %s a workspace and a password of their own',
    async (name) => {
      const user = await readDemoUser(name)
      expect(user).toMatchObject({ workspace: name, api_key: `${name}-demo-key` })
      const { users } = JSON.parse(await readFile(EXAMPLE_USERS, 'utf8'))
      const { password } = users.find((entry: { username: string }) => entry.username === name)
      expect(await compare(`${name}-demo-password`, password)).toBe(true)
    },
  )

  it('hold nobody else', async () => {
    await expect(readDemoUser('nobody')).rejects.toMatchObject({ code: 'broken_example' })
  })
})
