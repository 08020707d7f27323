import { describe, expect, it } from 'vitest'
import type { AnswerInput, AnswerPassage } from '../../../src/engine/ports/models.ts'
import { NOTHING_FOUND } from '../../../src/engine/retrieve/no-answer.ts'
import { OfflineAnswerer } from '../../../src/models/offline/offline-answerer.ts'
import { collect } from '../collect.ts'

const passage = (referenceId: string, filePath: string, content: string): AnswerPassage => ({
  referenceId,
  filePath,
  content,
})

const passages = [
  passage(
    '1',
    'river.md',
    '# The river\n\nThe Orrin rises in the northern hills. Its water is cold all year.\n' +
      'Dr. Halvard measured its depth in 1921. He found eleven metres.',
  ),
  passage(
    '2',
    'mill.md',
    'The Barrow mill grinds barley. The mill was built in 1874 by Ines Tollan.',
  ),
  passage('3', 'town.md', 'The town has a market. Bread is sold there on Mondays.'),
]

async function ask(query: string, more: Partial<AnswerInput> = {}): Promise<string> {
  const input: AnswerInput = {
    query,
    context: 'CONTEXT',
    passages,
    references: passages.map(({ referenceId, filePath }) => ({ referenceId, filePath })),
    responseType: 'Multiple Paragraphs',
    userPrompt: '',
    history: [],
    ...more,
  }
  return (await collect(new OfflineAnswerer().answer(input, { lane: 'query' }))).join('')
}

describe('an extractive answer', () => {
  it('begins with the sentence that answers and what it leans on, and cites its document', async () => {
    const answer = await ask('When was the Barrow mill built?')
    expect(answer).toMatch(
      /^The Barrow mill grinds barley\. The mill was built in 1874 by Ines Tollan\. \[2\]/,
    )
    expect(answer).toContain('### References\n\n- [2] mill.md')
    expect(answer).not.toContain('town.md')
  })

  it('says that it is extractive', async () => {
    expect(await ask('When was the Barrow mill built?')).toContain('Extractive answer')
  })

  it('quotes only sentences of the passages', async () => {
    const answer = await ask('What do we know of the Orrin, its water and the market?')
    const [body = ''] = answer.split('*Extractive')
    const text = passages.map(({ content }) => content.replace(/\s+/g, ' ')).join('\n')
    for (const paragraph of body.trim().split('\n\n')) {
      expect(text).toContain(paragraph.replace(/ \[\d\]$/, ''))
    }
  })

  it('brings the sentence before along when its own points back to it', async () => {
    const answer = await ask('How many metres?')
    expect(answer).toContain('Dr. Halvard measured its depth in 1921. He found eleven metres. [1]')
  })

  it('has five sentences at most, and none twice', async () => {
    const many = Array.from({ length: 12 }, (_, n) =>
      passage(String(n + 1), `f${n}.md`, `Mill number ${n} stands here. The mill is old.`),
    )
    const [body = ''] = (await ask('mill', { passages: many })).split('\n\n*Extractive')
    const sentences = body.split('\n\n')
    expect(sentences.length).toBeLessThanOrEqual(5)
    expect(new Set(sentences.map((text) => text.replace(/ \[\d+\]$/, ''))).size).toBe(
      sentences.length,
    )
  })

  it('says so when nothing fits', async () => {
    const answer = await ask('zeppelin voltage')
    expect(answer).toBe(NOTHING_FOUND)
    expect(answer).not.toContain('### References')
  })

  it('without documents says what is missing', async () => {
    expect(await ask('Hello?', { passages: [], context: '' })).toContain('No language model')
  })

  it('answers in Chinese and Japanese', async () => {
    const cjk = [
      passage('1', '一.md', '巴羅磨坊建於1874年。市場在星期一開放。麵包很便宜。'),
      passage('2', '二.md', '東京タワーは1958年に完成した。駅の近くにある。'),
    ]
    const references = cjk.map(({ referenceId, filePath }) => ({ referenceId, filePath }))
    expect(await ask('磨坊是何時建的?', { passages: cjk, references })).toMatch(
      /^巴羅磨坊建於1874年。 \[1\]/,
    )
    expect(await ask('東京タワーはいつ完成した?', { passages: cjk, references })).toMatch(
      /^東京タワーは1958年に完成した。 \[2\]/,
    )
  })

  it('takes the form that was asked for', async () => {
    const question = 'What of the Orrin, the mill and the market?'
    expect(await ask(question, { responseType: 'Bullet Points' })).toMatch(/^- .*\n- /)
    const [single = ''] = (await ask(question, { responseType: 'Single Paragraph' })).split(
      '\n\n*Extractive',
    )
    expect(single).not.toContain('\n')
  })

  it('is always the same', async () => {
    const question = 'What of the Orrin, the mill and the market?'
    expect(await ask(question)).toBe(await ask(question))
  })
})
