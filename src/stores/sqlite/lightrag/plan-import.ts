import { EngineError } from '../../../engine/ports/engine-error.ts'
import type { ImportPlan } from './import-plan.ts'
import { planDocuments } from './plan-documents.ts'
import { planGraph } from './plan-graph.ts'
import { planItems } from './plan-items.ts'
import type { WorkingFolder } from './working-folder.ts'

/**
 * Works out what an import makes of a working folder, without a model and without writing.
 *
 * @throws {EngineError} `invalid_argument` when its vectors are of several dimensions
 */
export function planImport(folder: WorkingFolder): ImportPlan {
  const { chunkVectors, entityVectors, relationVectors } = folder
  const dimension = dimensionOf(folder)
  const { documents, chunksById, problems } = planDocuments(folder)
  const graph = planGraph(folder, chunksById)
  const vectors = { entities: entityVectors, relations: relationVectors }
  const { entities, relations } = planItems(documents, graph, vectors)
  const pendingEmbeddings = [...entities, ...relations].filter(
    ({ vector }) => vector === null,
  ).length
  const late =
    pendingEmbeddings === 0
      ? []
      : [`${pendingEmbeddings} entities and relations have no vector: the server makes it later.`]
  return {
    documents,
    entities,
    relations,
    manualEntities: graph.manualEntities,
    manualRelations: graph.manualRelations,
    found: {
      documents: folder.fullDocs.size,
      chunks: folder.textChunks.size,
      entities: folder.graph.nodes.size,
      relations: folder.graph.edges.length,
      answers: folder.answers.size,
      vectors: {
        chunks: chunkVectors.records.length,
        entities: entityVectors.records.length,
        relations: relationVectors.records.length,
      },
      dimension,
    },
    pendingEmbeddings,
    problems: [...problems, ...graph.problems, ...late],
  }
}

function dimensionOf({ chunkVectors, entityVectors, relationVectors }: WorkingFolder) {
  const files = [chunkVectors, entityVectors, relationVectors]
  const dimensions = new Set(files.flatMap(({ dimension }) => dimension ?? []))
  if (dimensions.size > 1) {
    const all = [...dimensions].join(', ')
    throw new EngineError('invalid_argument', `Its vectors are of several dimensions: ${all}`)
  }
  return [...dimensions][0] ?? null
}
