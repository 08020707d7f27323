import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { FileReaders } from '../../src/formats/reader/file-readers.ts'
import { pdfPage, pdfStream } from './sample-pdf.ts'

const SCAN = pdfPage('q 500 0 0 700 40 40 cm /X Do Q', {
  pictures: '/X 5 0 R',
  objects: [
    pdfStream(
      Buffer.alloc(300 * 400),
      '/Type /XObject /Subtype /Image /Width 300 /Height 400 /BitsPerComponent 8 /ColorSpace /DeviceGray',
    ),
  ],
})

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocr-'))
  await writeFile(join(folder, 'scan.pdf'), SCAN)
  await writeFile(join(folder, 'words.pdf'), pdfPage('BT /F1 12 Tf 20 700 Td (Words) Tj ET'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Reads with a program that stands for one that knows letters: a script of the shell. */
async function readBy(script: string | null, file = 'scan.pdf') {
  const program = join(folder, 'reads-letters')
  if (script !== null) {
    await writeFile(program, `#!/bin/sh\n${script}\n`)
    await chmod(program, 0o755)
  } else await rm(program, { force: true })
  const readers = new FileReaders({ limits: { ocr: { program, languages: 'eng+deu' } } })
  try {
    return (await readers.of('space').read(join(folder, file), file)).text
  } finally {
    await readers.close()
  }
}

it('has its pictures read by the program that is named, which gets them as PNM', async () => {
  const says = 'head -c 15 | tr "\\n" " "; cat > /dev/null; echo "by $*"'
  expect(await readBy(says)).toBe('P6 300 400 255 by stdin stdout -l eng+deu')
})

it('starts no program for a page that has words', async () => {
  expect(await readBy(null, 'words.pdf')).toBe('Words')
})

it('says what is wrong with the program, or that there are no words', async () => {
  await expect(readBy('cat > /dev/null; exit 3')).rejects.toThrow(/reads-letters\) ended with 3/)
  await expect(readBy(null)).rejects.toThrow(/reads-letters\) cannot be started/)
  await expect(readBy('cat > /dev/null')).rejects.toThrow(/none was found in its pictures/)
})

it('lets the program neither talk without end nor write a file', async () => {
  await expect(readBy('yes')).rejects.toThrow(/ended with SIG/)
  const writes = `cat > /dev/null; echo x > ${'$0'}.out; echo "ended $?"`
  await expect(readBy(writes)).rejects.toThrow(/reads-letters\) ended with/)
})
