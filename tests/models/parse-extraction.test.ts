import { describe, expect, it } from 'vitest'
import { parseExtraction } from '../../src/engine/roles/parse-extraction.ts'

const d = '<|#|>'
const entity = (...fields: string[]) => ['entity', ...fields].join(d)
const relation = (...fields: string[]) => ['relation', ...fields].join(d)
const names = (answer: string) => parseExtraction(answer).entities.map(({ name }) => name)

describe('the rows of an extraction', () => {
  it('become entities and relations', () => {
    const answer = [
      entity('Ada Lovelace', 'Person', 'Ada Lovelace wrote the first program.'),
      relation('Ada Lovelace', 'Analytical Engine', 'programming, history', 'She wrote for it.'),
      '<|COMPLETE|>',
    ].join('\n')
    expect(parseExtraction(answer)).toEqual({
      complete: true,
      entities: [
        {
          name: 'Ada Lovelace',
          type: 'person',
          description: 'Ada Lovelace wrote the first program.',
        },
      ],
      relations: [
        {
          source: 'Ada Lovelace',
          target: 'Analytical Engine',
          keywords: 'programming,history',
          description: 'She wrote for it.',
          weight: 1,
        },
      ],
    })
  })

  it('are found behind bullets, in fences, with bold words and without an end marker', () => {
    const answer = `\`\`\`\n- ${entity('A1', 'Data', 'x y')}\n**entity**${d}B1${d}Data${d}y z\n\`\`\``
    expect(names(answer)).toEqual(['A1', 'B1'])
    expect(parseExtraction(answer).complete).toBe(false)
  })

  it('are taken apart where the delimiter stands between them as well', () => {
    const answer = [
      entity('One', 'Data', 'first'),
      entity('Two', 'Data', 'second'),
      relation('One', 'Two', 'order', 'One precedes Two.'),
    ].join(d)
    expect(names(answer)).toEqual(['One', 'Two'])
    expect(parseExtraction(answer).relations).toHaveLength(1)
  })

  it('with the lower-case end marker end there', () => {
    const parsed = parseExtraction(`${entity('One', 'Data', 'first')}<|complete|>`)
    expect(parsed).toMatchObject({ complete: true, entities: [{ description: 'first' }] })
  })

  it('count once when they are repeated word for word', () => {
    const row = entity('One', 'Data', 'first')
    expect(parseExtraction(`${row}\n${row}`).entities).toHaveLength(1)
  })

  it('that are prose or too short are left out', () => {
    expect(parseExtraction('Here are the entities:\nentity<|#|>Lonely\nNo.')).toEqual({
      complete: false,
      entities: [],
      relations: [],
    })
  })
})

describe('a spoilt delimiter', () => {
  const spoilt = [
    '<|##|>',
    '<|#||#|>',
    '<|\\#|>',
    '<|>',
    '<||>',
    '<X|#|>',
    '<|X#|>',
    '<|#X|>',
    '<|#|X>',
    '<#>',
    '<#|>',
    '<|#>',
    '<:#|>',
    '<|#:>',
    '<|#|',
    '<|#:',
    '<||#>',
    '<||',
    '|#|>',
    '<|#|>|',
    '||#||',
    '<||#||>',
  ]

  it.each(spoilt)('written %s is read', (delimiter) => {
    const answer = ['entity', 'Tea House', 'Location', 'It serves tea.'].join(delimiter)
    expect(parseExtraction(answer).entities).toEqual([
      { name: 'Tea House', type: 'location', description: 'It serves tea.' },
    ])
  })

  it('is not seen in prose with signs of its own', () => {
    const description = 'Uses C# and a|b, x < y, # 3 and 5 <b>bold</b>'
    expect(parseExtraction(entity('Code', 'Data', description)).entities[0]?.description).toBe(
      description,
    )
  })
})

describe('a relation', () => {
  const only = (row: string) => parseExtraction(row).relations

  it('without description is told by its keywords', () => {
    expect(only(relation('A1', 'B1', 'trade', ''))).toMatchObject([
      { description: 'A1 - trade - B1' },
    ])
    expect(only(relation('A1', 'B1', 'trade'))).toMatchObject([{ description: 'A1 - trade - B1' }])
  })

  it('without description and keywords is dropped', () => {
    expect(only(`relation${d}A1${d}B1${d}${d}`)).toEqual([])
  })

  it('takes a number at the end as its weight, whether or not a description comes before', () => {
    expect(only(relation('A1', 'B1', 'trade', 'They trade.', '7.5'))).toMatchObject([
      { description: 'They trade.', weight: 7.5 },
    ])
    expect(only(relation('A1', 'B1', 'trade', '9'))).toMatchObject([
      { description: 'A1 - trade - B1', weight: 9 },
    ])
  })

  it.each(['0', '1000000', '-4'])('never weighs %s', (weight) => {
    expect(only(relation('A1', 'B1', 'trade', 'They trade.', weight))[0]?.weight).toBe(1)
  })

  it('is read from five fields that begin with the entity word', () => {
    expect(only(entity('A1', 'B1', 'trade', 'They trade.'))).toMatchObject([
      { source: 'A1', target: 'B1' },
    ])
  })

  it('of a thing with itself, or with nothing, is dropped', () => {
    expect(only(relation('A1', 'A1', 'trade', 'Alone.'))).toEqual([])
    expect(only(relation('', 'A1', 'trade', 'Alone.'))).toEqual([])
  })
})

describe('a field', () => {
  const nameOf = (name: string) => names(entity(name, 'Data', 'x y z'))[0]

  it.each([
    ['"Quoted"', 'Quoted'],
    ['“Quoted”', 'Quoted'],
    ['《紅樓夢》', '紅樓夢'],
    ['ＡＢＣ１２３（Ｘ）', 'ABC123(X)'],
    ['東 京 Tower', '東京Tower'],
    ['AT&amp;T', 'AT&T'],
    ['Rock <br/>Band', 'Rock Band'],
    ['O’Brien', "O'Brien"],
    ['The “Blue” Door', 'The Blue Door'],
    ['Two\u00a0Words', 'Two Words'],
    ['Bell\u0007', 'Bell'],
    ['123', '123'],
  ])('%j is named %j', (raw, name) => {
    expect(nameOf(raw)).toBe(name)
  })

  it.each(['12', '1.2.3', '""', ' '])('%j is no name', (raw) => {
    expect(nameOf(raw)).toBeUndefined()
  })

  it('keeps at most 256 characters of a name, none of them halved', () => {
    expect(Array.from(nameOf('😀'.repeat(300)) ?? '')).toEqual(new Array(256).fill('😀'))
  })

  it('makes the first of several types lower case, without spaces', () => {
    const types = ['Natural Object', 'Person, Leader'].map(
      (type) => parseExtraction(entity('N1', type, 'x y')).entities[0]?.type,
    )
    expect(types).toEqual(['naturalobject', 'person'])
  })

  it('refuses a type with brackets or slashes', () => {
    expect(names(entity('N1', 'Person/Place', 'x y'))).toEqual([])
  })

  it('stands in for a missing description of an entity', () => {
    expect(parseExtraction(entity('N1', 'Data')).entities[0]?.description).toBe('N1 (data)')
  })
})
