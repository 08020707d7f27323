import { describe, expect, it } from 'vitest'
import type { AnswerPassage } from '../../../src/engine/ports/models.ts'
import { extractAnswer } from '../../../src/models/offline/answer/extract-answer.ts'
import { quotedUnit } from '../../../src/models/offline/answer/quoted-unit.ts'

const passage = (content: string, headings: readonly string[] = []): AnswerPassage => ({
  content,
  headings,
  referenceId: '1',
  filePath: 'a.txt',
})

/** What is told, each sentence with its items. */
async function told(question: string, ...passages: readonly AnswerPassage[]): Promise<string[][]> {
  const { units, terms } = await extractAnswer(question, passages, 5)
  return units.map((unit) => {
    const { text, items } = quotedUnit(unit, terms)
    return [text, ...items]
  })
}

it('reads a text without a stop to 10,000 characters, and what has stops to its end', async () => {
  const many = 'harbour ferry '.repeat(1000)
  expect(await told('Where is the zebra?', passage(`${many} zebra stands`))).toEqual([])
  expect(await told('Where is the zebra?', passage(`zebra stands ${many}`))).toHaveLength(1)
  const stopped = `${'The harbour has a ferry. '.repeat(1000)}The zebra stands there.`
  const [best] = await told('Where is the zebra?', passage(stopped))
  expect(best?.[0]).toContain('zebra')
})

describe('what is quoted', () => {
  it('is a list with what leads into it, whole', async () => {
    const text =
      'Bring to the ferry:\n\n- a ticket\n- a passport\n- warm clothes\n\nIt leaves at noon.'
    expect((await told('What should I bring to the ferry?', passage(text)))[0]).toEqual([
      'Bring to the ferry:',
      'a ticket',
      'a passport',
      'warm clothes',
    ])
  })

  it('is the section of a heading that the question repeats', async () => {
    const text =
      '# Ferry\n\n## Dogs on board\n\nThey pay half.\n\n## Cats\n\nDogs on board scare cats.'
    expect(await told('Dogs on board', passage(text))).toEqual([['Dogs on board: They pay half.']])
  })

  it('is a row of a table with the names of its columns and what the table is about', async () => {
    const text =
      '# Ferry\n\n## Prices\n\n| Who | Price |\n| --- | --- |\n| Child | 4 EUR |\n| Dog | 2 EUR |'
    expect((await told('What is the price for a dog?', passage(text)))[0]).toEqual([
      'Prices (Ferry): Who: Dog; Price: 2 EUR',
    ])
  })

  it('names the columns of a table that begins before the passage', async () => {
    const rows = passage('| Child | 4 EUR |\n| Dog | 2 EUR |', ['Prices', '| Who | Price |'])
    expect((await told('What is the price for a dog?', rows))[0]).toEqual([
      'Prices: Who: Dog; Price: 2 EUR',
    ])
  })

  it('is no head of a file and no navigation', async () => {
    const text =
      '---\ntitle: The ferry of Orrin\nowner: harbour office\n---\n\n' +
      '[Ferry](a) | [Harbour](b) | [Office](c)\n\nHome > Ferry > Orrin\n\nThe ferry of Orrin is red.'
    expect(await told('the ferry of Orrin', passage(text))).toEqual([
      ['The ferry of Orrin is red.'],
    ])
  })

  it('is the sentence that defines what is asked for, before others that speak of it', async () => {
    const text =
      'A bollard is painted each year by the bollard crew. Each bollard is counted. ' +
      'A bollard is a post to which ships are tied. The bollard crew has a bollard store.'
    const [first] = await told('What is a bollard?', passage(text))
    expect(first?.[0]).toMatch(/^A bollard is/)
  })

  it('has both sides of a comparison', async () => {
    const text =
      'The red ferry carries 40 people. It was painted. The harbour has a bar. ' +
      'The blue ferry carries 90 people. The bar is red. The bar has blue chairs.'
    const answer = await told(
      'Which carries more people, the red ferry or the blue ferry?',
      passage(text),
    )
    expect(answer.flat().join(' ')).toContain('40 people')
    expect(answer.flat().join(' ')).toContain('90 people')
  })

  it('is found by another form of its words, in languages that bend them', async () => {
    const german = passage(
      'Die Fähre ist alt. Fahrräder werden am Heck abgestellt. Das Heck ist rot.',
    )
    const [first] = await told('Wo kann ich mein Fahrrad abstellen?', german)
    expect(first).toEqual(['Fahrräder werden am Heck abgestellt.'])
  })
})

describe('no answer', () => {
  const harbour = passage(
    'The harbour of Orrin was built in 1874 by Ines Tollan. The ferry leaves at noon. ' +
      'A ticket costs 4 euros. The bar closes at midnight. Dogs pay half.',
  )

  it.each([
    'Who is the husband of Ines Tollan?',
    'How high is the tower of Pisa?',
    'What is the telephone number of the bar?',
    'Which engine drives the ferry?',
  ])('is given to %s', async (question) => {
    expect(await told(question, harbour)).toEqual([])
  })

  it('is not given where the words are there', async () => {
    expect((await told('Who built the harbour of Orrin?', harbour)).flat()).toEqual([
      'The harbour of Orrin was built in 1874 by Ines Tollan.',
    ])
  })
})

it('is found by what a question is about, whatever verb it asks by', async () => {
  const text = 'The depot repairs the Mirlo pump. It opens at six.'
  for (const question of [
    'What is said of Mirlo?',
    'What is known about Mirlo?',
    'Is Mirlo mentioned?',
    'Was wird über Mirlo gesagt?',
    'Est-ce que Mirlo est mentionné ?',
  ]) {
    expect((await told(question, passage(text)))[0]?.[0], question).toContain('Mirlo')
  }
})
