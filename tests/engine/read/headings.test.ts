import { expect, it } from 'vitest'
import { headingsAbove, markdownHeadings } from '../../../src/engine/read/headings.ts'

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
  const places = ['intro', 'x', 'y'].map((line) => text.indexOf(`\n${line}`) + 1)
  expect(headingsAbove(headings, [0, ...places])).toEqual([
    ['Guide'],
    ['Guide'],
    ['Guide', 'Install', 'Linux'],
    ['Guide', 'Use'],
  ])
})
