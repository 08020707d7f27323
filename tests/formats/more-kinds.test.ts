import { describe, expect, it } from 'vitest'
import { FILE_EXTENSIONS } from '../../src/formats/file-extensions.ts'
import { readingFiles } from './reading.ts'
import { docx, epub, odt, pptx, textCell, wordParagraph, xlsx, zip } from './sample-files.ts'
import { pdf } from './sample-pdf.ts'

const read = readingFiles()

describe('a text with headings', () => {
  it.each([
    [
      'a.rst',
      '=====\nGuide\n=====\n\nIntro.\n\nPumps\n-----\n\nA | B\n\n* one\n\nOil\n~~~\n\nx\n\nValves\n------\n\nend of\na paragraph\n-----------',
      [
        [1, 'Guide'],
        [2, 'Pumps'],
        [3, 'Oil'],
        [2, 'Valves'],
      ],
    ],
    [
      'a.org',
      '#+TITLE: x\n* TODO Pumps :tag:b:\nwords\n** Oil\n*bold* no\n* Valves',
      [
        [1, 'Pumps'],
        [2, 'Oil'],
        [1, 'Valves'],
      ],
    ],
    [
      'a.adoc',
      '= Guide\n\n== Pumps\n\n----\n== no\n----\n\n=== Oil\n\n====\nexample\n====\n\n== Valves',
      [
        [1, 'Guide'],
        [2, 'Pumps'],
        [3, 'Oil'],
        [2, 'Valves'],
      ],
    ],
  ])('stays as it is in %s, and they are known', async (name, text, headings) => {
    const file = await read(name, text)
    expect(file.text).toBe(text)
    expect(file.headings.map(({ level, title }) => [level, title])).toEqual(headings)
    for (const { title, start } of file.headings) {
      expect(file.text.slice(start, start + 60)).toContain(title)
    }
  })
})

describe('rows and values', () => {
  it('of a TSV file have the names of their columns, and a sign of inches ends nothing', async () => {
    const text = 'Item\tPrice\nPump 5"\t12\nHose\t3\n'
    expect((await read('a.tsv', text)).text).toBe(
      '- Item: Pump 5"; Price: 12\n- Item: Hose; Price: 3',
    )
    const quoted = 'Item\tNote\nPump\t"two\nlines"\n'
    expect((await read('a.tab', quoted)).text).toBe('- Item: Pump; Note: two lines')
  })

  it('of a JSONL file are one a line, and the line that is none is named', async () => {
    expect((await read('a.jsonl', '{"a":1}\n\n{"a":"x"}\n')).text).toBe('- a: 1\n- a: x')
    await expect(read('a.ndjson', '{"a":1}\n{"a"\n')).rejects.toThrow('Line 2')
  })
})

describe('subtitles', () => {
  const cue = (from: string, to: string, ...words: readonly string[]) =>
    `${from} --> ${to}\n${words.join('\n')}\n\n`

  it('of WebVTT are paragraphs with their time, by who speaks', async () => {
    const text =
      'WEBVTT\n\nNOTE no words\n\nSTYLE\n::cue { color: red }\n\nid\n' +
      cue('00:05.000', '00:07.000 align:start', '<v.loud Ada Byron>We open the <b>valve</b>') +
      cue('00:07.000', '00:09.000', '<v Ada Byron>at 4 bar &amp; no more.') +
      cue('00:09.500', '00:12.000', '<v Bob>Why?') +
      cue('01:00:00.000', '01:00:02.000', '<v Bob>Later.')
    expect((await read('a.vtt', text)).text).toBe(
      '[0:05] Ada Byron: We open the valve at 4 bar & no more.\n\n[0:09] Bob: Why?\n\n[1:00:00] Bob: Later.',
    )
  })

  it('of SRT are too, and what rolls is said once', async () => {
    const text =
      `1\r\n${cue('00:00:01,000', '00:00:02,000', '{\\an8}One line')}` +
      `2\n${cue('00:00:02,000', '00:00:03,000', 'One line', '<i>and the next</i>')}`
    expect((await read('a.srt', text)).text).toBe('[0:01] One line and the next')
    await expect(read('a.srt', 'no times')).rejects.toThrow(/no subtitles/)
  })
})

describe('a notebook', () => {
  it('has its words with their headings, its code, and the beginning of what it printed', async () => {
    const cells = [
      { cell_type: 'markdown', source: ['# Pumps\n', '\n', 'They *pump*.'] },
      {
        cell_type: 'code',
        source: 'print(1)',
        outputs: [
          { output_type: 'stream', text: ['1\n'] },
          { data: { 'text/plain': ['x'.repeat(9000)], 'image/png': 'AAAA' } },
        ],
      },
    ]
    const file = await read(
      'a.ipynb',
      JSON.stringify({ nbformat: 4, cells, metadata: { language_info: { name: 'python' } } }),
    )
    expect(file.text).toBe(
      `# Pumps\n\nThey *pump*.\n\n\`\`\`python\nprint(1)\n\`\`\`\n\n1\n\n${'x'.repeat(4000)}`,
    )
    expect(file.headings).toEqual([{ level: 1, title: 'Pumps', start: 0 }])
    await expect(read('a.ipynb', '{"a": 1}')).rejects.toThrow(/no notebook/)
  })
})

describe('a file with another extension of its format', () => {
  it.each([
    ['.docm', docx(wordParagraph('Words'))],
    ['.dotx', docx(wordParagraph('Words'))],
    ['.xlsm', xlsx({ Words: [[textCell('Words')]] })],
    ['.xltx', xlsx({ Words: [[textCell('Words')]] })],
    ['.pptm', pptx([['Words', 'a', 'b']])],
    ['.potx', pptx([['Words', 'a', 'b']])],
    ['.ppsx', pptx([['Words', 'a', 'b']])],
    ['.ott', odt('<text:p>Words</text:p>')],
    ['.xhtml', Buffer.from('<p>Words</p>')],
    ['.markdown', Buffer.from('# Words')],
  ])('%s is read as it', async (extension, bytes) => {
    expect(FILE_EXTENSIONS).toContain(extension)
    expect((await read(`a${extension}`, bytes)).text).toContain('Words')
  })

  it('.markdown has headings', async () => {
    expect((await read('a.markdown', '# One\n\nx')).headings).toHaveLength(1)
  })
})

describe('a file whose name tells no format', () => {
  it.each([
    ['a PDF', pdf([{ lines: ['Words'] }])],
    ['a Word document', docx(wordParagraph('Words'))],
    ['a workbook', xlsx({ S: [[textCell('Words')]] })],
    ['a presentation', pptx([['Words', 'a', 'b']])],
    ['an OpenDocument text', odt('<text:p>Words</text:p>')],
    ['a book', epub(['<p>Words</p>'])],
    ['RTF', Buffer.from('{\\rtf1 Words\\par}')],
    ['HTML', Buffer.from('\n<!DOCTYPE html><title>x</title><p>Words</p><script>no</script>')],
    ['a mail', Buffer.from('Received: x\r\nFrom: a\r\nSubject: b\r\nTo: c\r\n\r\nWords')],
    ['JSON', Buffer.from('{"Words": 1}')],
    ['a text in Latin-1', Buffer.from('Words für Straßen und Häuser, größer als früher', 'latin1')],
  ])('is read as %s when it is one', async (_, bytes) => {
    const { text } = await read('Report v1.2', bytes)
    expect(text).toContain('Words')
    expect(text).not.toMatch(/rtf1|Received|<p>|PK|no$/)
  })

  it('and that is an archive of anything is refused', async () => {
    await expect(read('data', zip({ 'a.bin': 'x' }))).rejects.toThrow(/archive of nothing/)
  })
})
