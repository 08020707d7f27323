import type { Store } from '../../../src/engine/ports/store.ts'
import { FOLDED_FORMS } from '../folded-forms.ts'
import { entity, newChunk, newDocument, publish, said } from '../samples.ts'

/** Stores a document for each word, with a chunk, a relation and an entity for each of its forms. */
export async function fillWithForms(store: Store): Promise<void> {
  for (const [word, forms] of Object.entries(FOLDED_FORMS)) {
    const chunks = forms.map((form, i) => {
      const name = `The ${form} ${i}`
      return newChunk(`${word}-${i}`, {
        content: `Of the ${form}, today.`,
        headings: [`About ${form}`],
        entities: [said(name), said('Vetch mill')],
        relations: [relationTo(name, `It has a ${form}.`)],
      })
    })
    const entities = ['Vetch mill', ...forms.map((form, i) => `The ${form} ${i}`)]
    await publish(store, newDocument(word, { filePath: word }), chunks, {
      entities: entities.map((name) => entity(name)),
    })
  }
}

function relationTo(target: string, description: string) {
  return { source: 'Vetch mill', target, keywords: '', description, weight: 1 }
}
