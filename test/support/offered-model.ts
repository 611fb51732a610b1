/** A connection that offers one model to programs, under a data policy: as it is saved. */
export function offering(policy: object) {
  return {
    params: { name: "offered" },
    body: {
      settings: {
        kind: "openai",
        baseUrl: "https://models.example.com/v1",
        passThrough: [{ name: "small", policy }],
      },
    },
  };
}
