import { describe, expect, it } from 'vitest'
import { headingsIn, readingFiles } from './reading.ts'
import { docx, relationships, wordParagraph } from './sample-files.ts'

const read = readingFiles()
const run = (text: string) => `<w:r><w:t xml:space="preserve">${text}</w:t></w:r>`
const W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'

/** Lists of a Word document: 1 counts headings, 2 and 3 count clauses, 4 has bullets. */
const NUMBERING = {
  'word/_rels/document.xml.rels': relationships(
    ['s1', 'styles', 'styles.xml'],
    ['n1', 'numbering', 'numbering.xml'],
    ['f1', 'footnotes', 'footnotes.xml'],
    ['c1', 'chart', 'charts/chart1.xml'],
  ),
  'word/numbering.xml': `<w:numbering ${W}>${[
    ['0', ['decimal', '%1'], ['decimal', '%1.%2']],
    ['1', ['decimal', '%1.'], ['lowerLetter', '§ %1 (%2)'], ['upperRoman', '%3)']],
    ['2', ['bullet', '\uf0b7']],
  ]
    .map(
      ([id, ...levels]) =>
        `<w:abstractNum w:abstractNumId="${id}">${(levels as string[][])
          .map(
            ([format, text], i) =>
              `<w:lvl w:ilvl="${i}"><w:start w:val="1"/><w:numFmt w:val="${format}"/><w:lvlText w:val="${text}"/></w:lvl>`,
          )
          .join('')}</w:abstractNum>`,
    )
    .join(
      '',
    )}<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="3"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride></w:num><w:num w:numId="4"><w:abstractNumId w:val="2"/></w:num></w:numbering>`,
  'word/footnotes.xml': `<w:footnotes ${W}><w:footnote w:type="separator" w:id="0"><w:p>${run('gone')}</w:p></w:footnote><w:footnote w:id="2"><w:p>${run('Since 2019.')}</w:p></w:footnote></w:footnotes>`,
  'word/charts/chart1.xml': `<c:chartSpace xmlns:c="urn:c" xmlns:a="urn:a"><c:title><a:t>Sales</a:t></c:title>${series('2023', 3, 4)}${series('2024', 5, 6)}</c:chartSpace>`,
}

function series(name: string, ...values: readonly number[]): string {
  const points = (texts: readonly unknown[]) =>
    texts.map((text, i) => `<c:pt idx="${i}"><c:v>${text}</c:v></c:pt>`).join('')
  return `<c:ser><c:tx><c:strRef><c:strCache>${points([name])}</c:strCache></c:strRef></c:tx><c:cat>${points(['Kiel', 'Ulm'])}</c:cat><c:val>${points(values)}</c:val></c:ser>`
}

const listed = (list: number, level: number, text: string, style = '') =>
  `<w:p><w:pPr>${style === '' ? '' : `<w:pStyle w:val="${style}"/>`}<w:numPr><w:ilvl w:val="${level}"/><w:numId w:val="${list}"/></w:numPr></w:pPr>${run(text)}</w:p>`

describe('a Word document', () => {
  it('has the numbers of its lists, which it does not store', async () => {
    const body = [
      listed(2, 0, 'Duties'),
      listed(2, 1, 'of the buyer'),
      listed(2, 1, 'of the seller'),
      listed(2, 2, 'at home'),
      listed(2, 0, 'Rights'),
      listed(2, 1, 'of both'),
      listed(3, 0, 'Anew'),
      listed(4, 0, 'a bullet'),
      listed(0, 0, 'no item'),
    ]
    expect((await read('a.docx', docx(body.join(''), NUMBERING))).text).toBe(
      '1. Duties\n§ 1 (a) of the buyer\n§ 1 (b) of the seller\nI) at home\n2. Rights\n' +
        '§ 2 (a) of both\n7. Anew\n- a bullet\n\nno item',
    )
  })

  it('has the numbers of a list whose kind is that of a style', async () => {
    const level =
      '<w:lvl w:ilvl="0"><w:start w:val="4"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1."/></w:lvl>'
    const numbering = `<w:numbering ${W}><w:abstractNum w:abstractNumId="0"><w:numStyleLink w:val="Mine"/></w:abstractNum><w:abstractNum w:abstractNumId="1"><w:styleLink w:val="Mine"/>${level}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>`
    const file = docx(listed(1, 0, 'One') + listed(1, 0, 'Two'), {
      ...NUMBERING,
      'word/numbering.xml': numbering,
    })
    expect((await read('a.docx', file)).text).toBe('IV. One\nV. Two')
  })

  it('has the numbers of its headings', async () => {
    const body = [
      listed(1, 0, 'Scope', 'berschrift1'),
      listed(1, 1, 'Pumps', 'berschrift2'),
      listed(1, 1, 'Hoses', 'berschrift2'),
      listed(1, 0, 'Costs', 'berschrift1'),
    ]
    const file = await read('a.docx', docx(body.join(''), NUMBERING))
    expect(headingsIn(file)).toEqual([
      [1, '1 Scope'],
      [2, '1.1 Pumps'],
      [2, '1.2 Hoses'],
      [1, '2 Costs'],
    ])
  })

  it('has its formulas in a line', async () => {
    const m = (text: string) => `<m:r><m:t>${text}</m:t></m:r>`
    const part = (name: string, inner: string) => `<m:${name}>${inner}</m:${name}>`
    const formula = [
      m('x='),
      part(
        'f',
        part('fPr', '') +
          part(
            'num',
            m('−b±') +
              part(
                'rad',
                part('deg', '') +
                  part('e', part('sSup', part('e', m('b')) + part('sup', m('2'))) + m('−4ac')),
              ),
          ) +
          part('den', m('2a')),
      ),
      m(' and '),
      part(
        'nary',
        '<m:naryPr><m:chr m:val="∑"/></m:naryPr>' +
          part('sub', m('i=1')) +
          part('sup', m('n')) +
          part('e', part('sSub', part('e', m('a')) + part('sub', m('i')))),
      ),
      part('d', `<m:dPr><m:begChr m:val="["/><m:endChr m:val="]"/></m:dPr>${part('e', m('k'))}`),
    ].join('')
    const body = `<w:p>${run('Where ')}<m:oMath xmlns:m="urn:m">${formula}</m:oMath>${run(' holds.')}</w:p>`
    expect((await read('a.docx', docx(body))).text).toBe(
      'Where x=(−b±√(b^2−4ac))/2a and ∑_(i=1)^n a_i[k] holds.',
    )
  })

  it('has the words that are said of words behind them', async () => {
    const body = `<w:p>${run('会議は')}<w:r><w:ruby><w:rt>${run('とうきょう')}</w:rt><w:rubyBase>${run('東京')}</w:rubyBase></w:ruby></w:r>${run('で開かれます。')}</w:p>`
    expect((await read('a.docx', docx(body))).text).toBe('会議は東京(とうきょう)で開かれます。')
  })

  it('has its text boxes once, behind the paragraph that they are fixed to', async () => {
    const box = `<w:txbxContent>${wordParagraph('In the box.')}${wordParagraph('And more.')}</w:txbxContent>`
    const body = `<w:p>${run('Before ')}<w:r><mc:AlternateContent xmlns:mc="urn:mc"><mc:Choice>${box}</mc:Choice><mc:Fallback><w:pict>${box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>${run('and after.')}</w:p>`
    expect((await read('a.docx', docx(body))).text).toBe(
      'Before and after.\n\nIn the box.\nAnd more.',
    )
  })

  it('has its notes in their place, its charts, and nothing that is hidden', async () => {
    const body =
      `<w:p>${run('We sell')}<w:r><w:footnoteReference w:id="2"/></w:r>${run(' pumps.')}<w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r></w:p>` +
      '<w:p><w:r><w:drawing><c:chart xmlns:c="urn:c" xmlns:r="urn:r" r:id="c1"/></w:drawing></w:r></w:p>'
    expect((await read('a.docx', docx(body, NUMBERING))).text).toBe(
      'We sell (Since 2019.) pumps.\n\nSales\n- Kiel: 2023: 3; 2024: 5\n- Ulm: 2023: 4; 2024: 6',
    )
  })
})
