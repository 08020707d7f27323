import { describe, expect, it } from 'vitest'
import { readingFiles } from './reading.ts'
import { epub } from './sample-files.ts'

const read = readingFiles()
/** As Windows writes it; the signs from 0x80 to 0x9f are those that Latin-1 does not have. */
const WINDOWS = Buffer.from('5 \x80 \x96 \x93net\x94, don\x92t ask\x85', 'latin1')
const MEANT = '5 € – “net”, don’t ask…'
const inside = (before: string, after: string) =>
  Buffer.concat([Buffer.from(before), WINDOWS, Buffer.from(after)])

describe('windows-1252', () => {
  it.each([
    ['a.html', inside('<meta charset="windows-1252"><p>', '</p>'), MEANT],
    ['latin.html', inside('<meta charset="iso-8859-1"><p>', '</p>'), MEANT],
    ['undeclared.html', inside('<p>', '</p>'), MEANT],
    ['wrong.html', inside('<meta charset="utf-8"><p>', '</p>'), MEANT],
    ['a.xml', inside('<?xml version="1.0" encoding="windows-1252"?><r>', '</r>'), MEANT],
    [
      'a.rtf',
      `{\\rtf1\\ansi\\ansicpg1252 5 \\'80 \\'96 \\'93net\\'94, don\\'92t ask\\'85\\par}`,
      MEANT,
    ],
    ['a.txt', inside('The price of a pump is ', ''), `The price of a pump is ${MEANT}`],
    [
      'a.csv',
      Buffer.from('Name;Straße;Preis\nMüller;Hauptstraße 5;5 \x80\n', 'latin1'),
      '- Name: Müller; Straße: Hauptstraße 5; Preis: 5 €',
    ],
  ])('is read right of %s', async (name, content, text) => {
    expect((await read(name, content)).text).toContain(text)
  })

  it('is what a page is read in that declares nothing and gives nothing to guess by', async () => {
    const page = Buffer.from('<h1>Größe</h1>', 'latin1')
    expect(await read('a.html', page)).toMatchObject({ text: 'Größe', encoding: 'windows-1252' })
  })
})

const hex = (digits: string) => Buffer.from(digits, 'hex')
const PUMPS = 'ポンプ場は六時に開きます。'
const UTF_16 = 'Café opens at nine.\nポンプ場は六時に開きます。\n'

describe('a text that is not UTF-8', () => {
  it.each([
    ['shift_jis', PUMPS, '837c839383768fea82cd985a8e9e82c98a4a82ab82dc82b78142'],
    ['shift_jis', '名前,町\n田中,東京', '96bc914f2c92ac0a936392862c938c8b9e0a'],
    ['euc-jp', PUMPS, 'a5dda5f3a5d7beeca4cfcfbbbbfea4cbb3aba4ada4dea4b9a1a3'],
    ['iso-2022-jp', PUMPS, '1b2442255d257325573e6c244f4f3b3b7e244b332b242d245e243921231b2842'],
    [
      'windows-1251',
      'Насосная станция открывается в шесть часов утра.',
      'cde0f1eef1ede0ff20f1f2e0edf6e8ff20eef2eaf0fbe2e0e5f2f1ff20e220f8e5f1f2fc20f7e0f1eee220f3f2f0e02e',
    ],
    [
      'gb18030',
      '泵站早上六点开门。价格是五百元。',
      'b1c3d5bed4e7c9cfc1f9b5e3bfaac3c5a1a3bcdbb8f1cac7cee5b0d9d4aaa1a3',
    ],
  ])('is read as what it most likely is: %s, %s', async (encoding, text, bytes) => {
    expect(await read('a.txt', hex(bytes))).toMatchObject({ text, encoding })
  })

  it('may be UTF-16 without a mark, in either order', async () => {
    const little = Buffer.from(UTF_16, 'utf16le')
    const big = Buffer.from(little).swap16()
    const text = UTF_16.trim()
    expect(await read('a.txt', little)).toMatchObject({ text, encoding: 'utf-16le' })
    expect(await read('a.log', big)).toMatchObject({ text, encoding: 'utf-16be' })
    expect((await read('a.csv', Buffer.from('name,city\nAnn,Kiel', 'utf16le'))).text).toBe(
      '- name: Ann; city: Kiel',
    )
  })

  it('is found by its foreign letters wherever they stand', async () => {
    const far = Buffer.concat([
      Buffer.from('The pump house is open.\n'.repeat(10_000)),
      Buffer.from('Le caf\xe9 est ferm\xe9 \xe0 neuf heures, o\xf9 l\x92on mange.', 'latin1'),
    ])
    expect((await read('a.txt', far)).text).toContain(
      'Le café est fermé à neuf heures, où l’on mange.',
    )
  })

  it.each([
    ['too short to tell', hex('4772f6df65')],
    ['a picture', Buffer.concat([hex('89504e470d0a1a0a0000000d49484452'), Buffer.alloc(40)])],
    ['a program', Buffer.from(Array.from({ length: 4000 }, (_, i) => ((i * 7919) % 255) + 1))],
  ])('is refused when it is %s', async (_, bytes) => {
    await expect(read('a.txt', bytes)).rejects.toThrow(/not UTF-8/)
  })

  it('in UTF-8 has no encoding to tell, and neither has a chapter of a book', async () => {
    expect(await read('a.txt', 'Größe')).not.toHaveProperty('encoding')
    expect(await read('a.epub', epub(['<p>Größe</p>']))).not.toHaveProperty('encoding')
  })

  it('is marked by a byte order before anything that it declares', async () => {
    const page = '\ufeff<meta charset="windows-1252"><p>Größe €</p>'
    expect((await read('a.html', page)).text).toBe('Größe €')
    expect((await read('b.html', Buffer.from(page, 'utf16le'))).text).toBe('Größe €')
  })
})
