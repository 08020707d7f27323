import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'

const semver: {
  satisfies(version: string, range: string): boolean
  minVersion(range: string): { readonly version: string } | null
} = createRequire(import.meta.url)('semver')

interface Locked {
  readonly resolved?: string
  readonly engines?: { readonly node?: string }
}

const read = async (name: string) =>
  JSON.parse(await readFile(new URL(`../../${name}`, import.meta.url), 'utf8'))
const { engines }: { engines: { node: string } } = await read('package.json')
const { packages }: { packages: Record<string, Locked> } = await read('package-lock.json')
const floor = semver.minVersion(engines.node)?.version ?? ''

describe('the locked packages', () => {
  it('all run on the oldest Node that the package allows', () => {
    expect(floor).toBe('20.19.0')
    expect(Object.keys(packages).length).toBeGreaterThan(300)
    const tooNew = Object.entries(packages).filter(
      ([, { engines: own }]) => own?.node !== undefined && !semver.satisfies(floor, own.node),
    )
    expect(tooNew.map(([path, { engines: own }]) => `${path} asks for ${own?.node}`)).toEqual([])
  })

  it('name no registry', () => {
    const named = Object.entries(packages).filter(([, { resolved }]) => resolved !== undefined)
    expect(named.map(([path]) => path)).toEqual([])
  })
})
