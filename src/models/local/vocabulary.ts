/**
 * Which hashed features count, and how much: rarer ones more (inverse document frequency).
 *
 * Training and prediction turn feature counts into a vector through the same function here. Features outside the vocabulary
 * keep their part of the vector's length: a text full of unknown words gives a short vector, and so a modest answer.
 */
import { BUCKETS, type FeatureCounts } from "./features.ts";

export interface Vocabulary {
  /** The buckets that count, ascending. */
  buckets: number[];
  /** Bucket to feature number; -1 for buckets that do not count. */
  featureOf: Int32Array;
  /** Inverse document frequency per feature. */
  rarity: Float32Array;
  /** The same for anything outside the vocabulary. */
  unknownRarity: number;
}

/** Feature numbers with their values. The text's part has length 1 or less; each category token has its fixed value. */
export interface SparseVector {
  features: Int32Array;
  values: Float32Array;
}

/** Keeps the features that occur in at least `atLeast` examples; the most frequent ones when more than `limit` do. */
export function chooseVocabulary(
  examples: Iterable<FeatureCounts>,
  atLeast: number,
  limit: number,
): Vocabulary {
  const frequency = new Int32Array(BUCKETS);
  let total = 0;
  for (const { buckets, categories } of examples) {
    total++;
    for (const bucket of buckets) frequency[bucket]!++;
    for (const bucket of categories) frequency[bucket]!++;
  }

  let kept: number[] = [];
  for (let bucket = 0; bucket < BUCKETS; bucket++) if (frequency[bucket]! >= atLeast) kept.push(bucket);
  if (kept.length > limit) {
    kept.sort((a, b) => frequency[b]! - frequency[a]! || a - b);
    kept = kept.slice(0, limit).sort((a, b) => a - b);
  }
  const rarity = (count: number): number => Math.log((1 + total) / (1 + count)) + 1;
  return vocabularyOf(
    kept,
    Float32Array.from(kept, (bucket) => rarity(frequency[bucket]!)),
    rarity(0),
  );
}

/** Makes a vocabulary from its stored parts. */
export function vocabularyOf(buckets: number[], rarity: Float32Array, unknownRarity: number): Vocabulary {
  const featureOf = new Int32Array(BUCKETS).fill(-1);
  for (const [feature, bucket] of buckets.entries()) featureOf[bucket] = feature;
  return { buckets, featureOf, rarity, unknownRarity };
}

/** What one category token weighs beside a whole text: enough to be heard next to hundreds of n-grams. */
const CATEGORY_VALUE = 0.5;

/** Weighs counts (one plus logarithm, times rarity) and divides by the length, unknown features included. */
export function vectorise(counts: FeatureCounts, vocabulary: Vocabulary): SparseVector {
  const most = counts.buckets.length + counts.categories.length;
  const features = new Int32Array(most);
  const values = new Float32Array(most);
  let size = 0;
  let squares = 0;
  for (let i = 0; i < counts.buckets.length; i++) {
    const feature = vocabulary.featureOf[counts.buckets[i]!]!;
    const rarity = feature < 0 ? vocabulary.unknownRarity : vocabulary.rarity[feature]!;
    const value = (1 + Math.log(counts.counts[i]!)) * rarity;
    squares += value * value;
    if (feature < 0) continue;
    features[size] = feature;
    values[size++] = value;
  }
  const length = Math.sqrt(squares);
  for (let i = 0; i < size; i++) values[i]! /= length;
  for (const bucket of counts.categories) {
    const feature = vocabulary.featureOf[bucket]!;
    if (feature < 0) continue;
    features[size] = feature;
    values[size++] = CATEGORY_VALUE;
  }
  return { features: features.slice(0, size), values: values.slice(0, size) };
}
