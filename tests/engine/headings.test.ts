import { expect, it } from 'vitest'
import { headingsAt, markdownHeadings } from '../../src/engine/ingest/headings.ts'

const text = [
  '# Guide',
  'intro',
  '## Install #',
  '```',
  '# not a heading',
  '```',
  '### Linux',
  'x',
  '## Use',
  'y',
].join('\n')
const headings = markdownHeadings(text)

it('finds headings outside of fenced code', () => {
  expect(headings.map(({ level, title }) => `${level} ${title}`)).toEqual([
    '1 Guide',
    '2 Install',
    '3 Linux',
    '2 Use',
  ])
})

it('gives the headings that a position stands under, outermost first', () => {
  expect(headingsAt(headings, text.indexOf('intro'))).toEqual(['Guide'])
  expect(headingsAt(headings, text.indexOf('\nx') + 1)).toEqual(['Guide', 'Install', 'Linux'])
  expect(headingsAt(headings, text.indexOf('\ny') + 1)).toEqual(['Guide', 'Use'])
})
