import { createContext, useContext } from 'react'
import type { Texts } from './text.ts'

export const TextsContext = createContext<Texts | undefined>(undefined)

/** The texts of the language that is chosen. */
export function useTexts(): Texts {
  const texts = useContext(TextsContext)
  if (texts === undefined) throw new TypeError('There are no texts around this component')
  return texts
}
