import { afterAll, expect, it } from 'vitest'
import { tempFolder } from '../server/temp-folder.ts'
import { crashMatrix, PHASES } from './crash-matrix.ts'

const folder = await tempFolder()
afterAll(() => folder.remove())

it('leaves everything whole, whichever phase a kill falls into', async () => {
  const report = await crashMatrix(folder.path, PHASES)
  expect(report).toMatchObject({
    kills: PHASES.length,
    lost: 0,
    doubled: 0,
    undeleted: 0,
    problems: [],
  })
  expect(report.acknowledged).toBeGreaterThan(PHASES.length)
}, 900_000)
