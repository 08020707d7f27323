import { it } from 'vitest'

type Body = () => Promise<void> | void

/**
 * A test that the machine at hand may be unable to run. There it is left out and says why; in CI,
 * which brings what tests need, it fails.
 */
export function needing(what: string, isThere: boolean): (title: string, body: Body) => void {
  if (isThere) return (title, body) => it(title, body)
  return (title) =>
    it(title, (test) => {
      failInCi(what)
      test.skip(`it needs ${what}`)
    })
}

/** To be called where a test is about to do with less than it wants. */
export function failInCi(what: string): void {
  if (process.env.CI) throw new Error(`A test needs ${what}, which CI has to bring.`)
  console.warn(`A test needs ${what}, which is not here; it shows less without.`)
}
