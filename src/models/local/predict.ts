/**
 * Answers with a stored local model: the most probable value of each head, and how probable it is that all are right.
 *
 * Needs no key and no network, and some tens of microseconds for a short text. Training is in train.ts.
 */
import type { JsonObject } from "../../contract/json.ts";
import { decodeModel } from "./bytes.ts";
import { confidenceOf } from "./confidence.ts";
import { featureExtractor } from "./features.ts";
import { mostProbable, probabilities } from "./regression.ts";
import { vectorise, vocabularyOf, type SparseVector } from "./vocabulary.ts";

export interface LocalPrediction {
  /** One value per head, always one that the training examples had. */
  output: Record<string, string>;
  /** Calibrated probability, 0 to 1, that all heads are right. */
  confidence: number;
  /** The same for each head alone. */
  perHead: Record<string, number>;
}

export interface LocalClassifier {
  readonly heads: string[];
  predict(input: JsonObject): LocalPrediction;
}

/**
 * Makes a classifier from stored bytes; it holds about 8 MB besides them.
 *
 * Throws `model_unavailable`, not to be tried again, when the bytes are damaged or of another format version.
 */
export function loadLocal(bytes: Uint8Array): LocalClassifier {
  const { fields, heads, buckets, rarity, unknownRarity, confidence: curves } = decodeModel(bytes);
  const extract = featureExtractor(fields);
  const vocabulary = vocabularyOf(buckets, rarity, unknownRarity);

  return {
    heads: heads.map((head) => head.field),
    predict(input) {
      const vector = vectorise(extract(input), vocabulary);
      const answers = heads.map((head) => {
        const shares = probabilities(head, scaled(vector, head.scales));
        const best = mostProbable(shares);
        return { field: head.field, value: head.classes[best]!, raw: shares[best]! };
      });
      const confidence = confidenceOf(
        answers.map((answer) => answer.raw),
        curves,
      );
      return {
        output: Object.fromEntries(answers.map(({ field, value }) => [field, value])),
        confidence: confidence.all,
        perHead: Object.fromEntries(answers.map(({ field }, head) => [field, confidence.heads[head]!])),
      };
    },
  };
}

/** Stored weights are whole bytes; the scale of each feature's row is applied to the vector instead. */
function scaled({ features, values }: SparseVector, scales: Float32Array): SparseVector {
  const products = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) products[i] = values[i]! * scales[features[i]!]!;
  return { features, values: products };
}
