/* Loops over the numbers of a column, for each size in which they are stored. */

#include <stdint.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#define WIDEST /* where the processor has registers of 512 bits, which is asked when it runs */
#include <immintrin.h>
#endif
#if defined(WIDEST) && !defined(__clang__) && defined(__linux__)
#define WIDE __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define WIDE
#endif

/* Call PREFIX_1, _2, _4 or _8 with the numbers of C (its `stored`, by its `bytes`) from START on. */
#define BY_SIZE(PREFIX, C, START, ...)                                                          \
  switch ((C)->bytes) {                                                                         \
  case 1: PREFIX##_1((const uint8_t *)(C)->stored + (START), __VA_ARGS__); break;               \
  case 2: PREFIX##_2((const int16_t *)(C)->stored + (START), __VA_ARGS__); break;               \
  case 4: PREFIX##_4((const int32_t *)(C)->stored + (START), __VA_ARGS__); break;               \
  default: PREFIX##_8((const int64_t *)(C)->stored + (START), __VA_ARGS__);                     \
  }

static uint64_t packed(const uint8_t *truth) {
  uint64_t found = 0, eight;
  for (int i = 0; i < 8; i++) {
    memcpy(&eight, truth + 8 * i, 8);
    found |= (eight * 0x0102040810204080u >> 56) << 8 * i;
  }
  return found;
}

/* Which numbers lie in a stretch, as bits: whole words of `out` are written. */
#define WITHIN_OF(NAME, TYPE, UNSIGNED)                                                         \
  WIDE static void NAME(const TYPE *x, int rows, int64_t least, int64_t most, uint64_t *out) {  \
    const UNSIGNED low = (UNSIGNED)least, width = (UNSIGNED)((UNSIGNED)most - low);             \
    for (; rows > 0; rows -= 64, x += 64, out++) {                                              \
      uint8_t truth[64] = {0};                                                                  \
      if (rows >= 64)                                                                           \
        for (int i = 0; i < 64; i++) truth[i] = (UNSIGNED)((UNSIGNED)x[i] - low) <= width;      \
      else                                                                                      \
        for (int i = 0; i < rows; i++) truth[i] = (UNSIGNED)((UNSIGNED)x[i] - low) <= width;    \
      *out = packed(truth);                                                                     \
    }                                                                                           \
  }
WITHIN_OF(within_1, uint8_t, uint8_t)
WITHIN_OF(within_2, int16_t, uint16_t)
WITHIN_OF(within_4, int32_t, uint32_t)
WITHIN_OF(within_8, int64_t, uint64_t)

#ifdef WIDEST
/* The same for whole words: the answers to one comparison are bits already. */
#define WIDEST_WITHIN_OF(NAME, TYPE, BITS, MASK)                                                \
  __attribute__((target("avx512f,avx512bw"))) static void NAME(                                 \
      const TYPE *x, int words, int64_t least, int64_t most, uint64_t *out) {                   \
    const __m512i low = _mm512_set1_epi##BITS((TYPE)least);                                     \
    const __m512i width = _mm512_set1_epi##BITS((TYPE)((uint64_t)most - (uint64_t)least));      \
    uint8_t *bits = (uint8_t *)out;                                                             \
    for (int left = 64 * words; left > 0; left -= 512 / BITS) {                                 \
      const __m512i above = _mm512_sub_epi##BITS(_mm512_loadu_si512(x), low);                   \
      const MASK found = _mm512_cmple_epu##BITS##_mask(above, width);                           \
      memcpy(bits, &found, sizeof found);                                                       \
      x += 512 / BITS, bits += sizeof found;                                                    \
    }                                                                                           \
  }
WIDEST_WITHIN_OF(widest_1, uint8_t, 8, __mmask64)
WIDEST_WITHIN_OF(widest_2, int16_t, 16, __mmask32)
WIDEST_WITHIN_OF(widest_4, int32_t, 32, __mmask16)
WIDEST_WITHIN_OF(widest_8, int64_t, 64, __mmask8)
#endif

/* The least and the largest. */
#define ENDS_OF(NAME, TYPE)                                                                     \
  WIDE static void NAME(const TYPE *x, int rows, int64_t *least, int64_t *most) {               \
    TYPE low = x[0], high = x[0];                                                               \
    for (int i = 1; i < rows; i++) {                                                            \
      low = x[i] < low ? x[i] : low;                                                            \
      high = x[i] > high ? x[i] : high;                                                         \
    }                                                                                           \
    *least = low, *most = high;                                                                 \
  }
ENDS_OF(ends_1, uint8_t)
ENDS_OF(ends_2, int16_t)
ENDS_OF(ends_4, int32_t)
ENDS_OF(ends_8, int64_t)

/* All bits that some number has: no number is above it, where none is below 0. */
#define EVERY_OF(NAME, TYPE)                                                                    \
  WIDE static int64_t NAME(const TYPE *x, int rows) {                                           \
    TYPE every = 0;                                                                             \
    for (int i = 0; i < rows; i++) every |= x[i];                                               \
    return every;                                                                               \
  }
EVERY_OF(every_1, uint8_t)
EVERY_OF(every_2, int16_t)
EVERY_OF(every_4, int32_t)
EVERY_OF(every_8, int64_t)

/* The same in fewer bytes, for numbers that are known to fit. */
#define NARROW_OF(NAME, TYPE, NARROW)                                                           \
  WIDE static void NAME(const TYPE *x, int rows, NARROW *out) {                                 \
    for (int i = 0; i < rows; i++) out[i] = (NARROW)x[i];                                        \
  }
NARROW_OF(narrow_4_1, int32_t, uint8_t)
NARROW_OF(narrow_4_2, int32_t, uint16_t)
NARROW_OF(narrow_8_1, int64_t, uint8_t)
NARROW_OF(narrow_8_2, int64_t, uint16_t)
NARROW_OF(narrow_8_4, int64_t, uint32_t)

#define DOUBLES_OF(NAME, TYPE)                                                                  \
  WIDE static void NAME(const TYPE *x, int rows, double *out) {                                 \
    for (int i = 0; i < rows; i++) out[i] = (double)x[i];                                       \
  }
DOUBLES_OF(doubles_1, uint8_t)
DOUBLES_OF(doubles_2, int16_t)
DOUBLES_OF(doubles_4, int32_t)
DOUBLES_OF(doubles_8, int64_t)
