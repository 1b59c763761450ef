/* Whom rules entitle, block by block of the enterprises (planes/blocks.py says what it is for).

   A block fits the innermost caches: each of its columns is fetched once, however many rules ask
   about it, and a rule that is false for all of a block asks nothing more of it. What a question
   comes to is kept for the block as bits: where it is true, and where it is not false. */

#include <math.h>
#include <stdint.h>
#include <string.h>

#define WORDS 16 /* in a block, of 64 rows each */
#define ROWS (WORDS * 64)
#define FEW 64 /* rows that are left in a block: their quotients are looked at one by one */

#if defined(__x86_64__) && defined(__GNUC__)
#define WIDEST /* where the processor has registers of 512 bits, which is asked when it runs */
#include <immintrin.h>
#endif
#if defined(WIDEST) && !defined(__clang__) && defined(__linux__)
#define WIDE __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define WIDE
#endif

enum { WITHIN, QUOTIENT, ALL, ANY, NOT };                /* what a step asks */
enum { EQUAL, UNLIKE, BELOW, AT_MOST, ABOVE, AT_LEAST }; /* how a quotient is compared */

typedef struct {
  const void *stored;
  const uint8_t *known; /* a bit for each row, whole words of them; NULL: known everywhere */
  int64_t bytes;        /* of a number: 1 (without a sign), 2, 4, 8 */
  int64_t least, most;  /* what no number may be beyond, where `limited` */
  int64_t limited;
} Column;

typedef struct {
  int32_t kind;
  int32_t column, other; /* QUOTIENT: `column` by `other` */
  int32_t sign;
  int32_t from, to;     /* WITHIN: its stretches; ALL, ANY, NOT: its parts */
  int32_t true_unknown; /* WITHIN: whether it is true where nothing is known, */
  int32_t maybe_unknown; /* and whether it is not false there */
  int32_t both;          /* 0: nobody asks where it is not false */
  int32_t unused;
  double figure, most;  /* QUOTIENT: compared with; how large a dividend may be */
} Step;

typedef struct {
  const Column *columns;
  const Step *steps;
  const int64_t *stretches;   /* least and most of each */
  const int32_t *parts;
  const int32_t *from;        /* for each rule its first condition, and the end of the last one's */
  const int32_t *conditions;
  const int64_t *jurisdiction; /* for each rule least and most of `region`'s numbers */
  int64_t rows, rules, column_count;
  int64_t region; /* the column, or -1: no rule is left out by its jurisdiction */
  /* Room: */
  int64_t *made;     /* for each step the block that it was last asked of: -1 to begin with */
  uint64_t *planes;  /* for each step 2 * WORDS */
  uint64_t *held;    /* WORDS */
} Task;

/* What blocks.py has to agree with; the first is for a change that the others do not show. */
const int64_t miaopu_layout[] = {1, WORDS, sizeof(Column), sizeof(Step), sizeof(Task)};

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

#define BY_SIZE(PREFIX, C, START, ...)                                                          \
  switch ((C)->bytes) {                                                                         \
  case 1: PREFIX##_1((const uint8_t *)(C)->stored + (START), __VA_ARGS__); break;               \
  case 2: PREFIX##_2((const int16_t *)(C)->stored + (START), __VA_ARGS__); break;               \
  case 4: PREFIX##_4((const int32_t *)(C)->stored + (START), __VA_ARGS__); break;               \
  default: PREFIX##_8((const int64_t *)(C)->stored + (START), __VA_ARGS__);                     \
  }

static void within(const Column *c, int64_t start, int rows, const int64_t *stretch,
                   uint64_t *out) {
#ifdef WIDEST
  if (__builtin_cpu_supports("avx512bw")) {
    const int words = rows / 64;
    BY_SIZE(widest, c, start, words, stretch[0], stretch[1], out)
    start += 64 * words, rows -= 64 * words, out += words;
  }
#endif
  BY_SIZE(within, c, start, rows, stretch[0], stretch[1], out)
}

/* Whether no number is beyond its limits. */
#define INSIDE_OF(NAME, TYPE, UNSIGNED)                                                         \
  WIDE static int NAME(const TYPE *x, int rows, int64_t least, int64_t most) {                  \
    const UNSIGNED low = (UNSIGNED)least, width = (UNSIGNED)((UNSIGNED)most - low);             \
    UNSIGNED beyond = 0;                                                                        \
    for (int i = 0; i < rows; i++) beyond |= (UNSIGNED)((UNSIGNED)x[i] - low) > width;          \
    return !beyond;                                                                             \
  }
INSIDE_OF(inside_1, uint8_t, uint8_t)
INSIDE_OF(inside_2, int16_t, uint16_t)
INSIDE_OF(inside_4, int32_t, uint32_t)
INSIDE_OF(inside_8, int64_t, uint64_t)

static int inside(const Task *t, int64_t start, int rows) {
  for (int64_t i = 0; i < t->column_count; i++) {
    const Column *c = t->columns + i;
    int found = 1;
    if (c->limited) BY_SIZE(found = inside, c, start, rows, c->least, c->most)
    if (!found) return 0;
  }
  return 1;
}

#define DOUBLES_OF(NAME, TYPE)                                                                  \
  WIDE static void NAME(const TYPE *x, int rows, double *out) {                                 \
    for (int i = 0; i < rows; i++) out[i] = (double)x[i];                                       \
  }
DOUBLES_OF(doubles_1, uint8_t)
DOUBLES_OF(doubles_2, int16_t)
DOUBLES_OF(doubles_4, int32_t)
DOUBLES_OF(doubles_8, int64_t)

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

static int holds(double quotient, int sign, double figure) {
  switch (sign) {
  case EQUAL: return quotient == figure;
  case UNLIKE: return quotient != figure;
  case BELOW: return quotient < figure;
  case AT_MOST: return quotient <= figure;
  case ABOVE: return quotient > figure;
  default: return quotient >= figure;
  }
}

/* Whether quotients that differ are rounded to different ones (planes/quick.py). */
static int is_exact(double above, double below, double most) {
  return (fabs(above) < most) & (below >= 0) & (below < 9007199254740992.0);
}

/* Where quotients hold, and where there is one; returns whether all of them are exact. */
WIDE static int divided(const double *above, const double *below, int rows, const Step *s,
                        uint64_t *out, uint64_t *there) {
  uint8_t truth[ROWS] = {0}, divisible[ROWS] = {0};
  int inexact = 0;
  for (int i = 0; i < rows; i++) {
    divisible[i] = below[i] != 0;
    inexact |= !is_exact(above[i], below[i], s->most);
  }
#define TEST(SIGN) for (int i = 0; i < rows; i++) truth[i] = above[i] / below[i] SIGN s->figure
  switch (s->sign) {
  case EQUAL: TEST(==); break;
  case UNLIKE: TEST(!=); break;
  case BELOW: TEST(<); break;
  case AT_MOST: TEST(<=); break;
  case ABOVE: TEST(>); break;
  default: TEST(>=);
  }
  for (int w = 0; w < WORDS; w++) {
    out[w] = packed(truth + 64 * w);
    there[w] = packed(divisible + 64 * w);
  }
  return !inexact;
}

static void known_of(const Column *c, int64_t block, int rows, uint64_t *known) {
  if (c->known == NULL)
    memset(known, 0xff, WORDS * 8);
  else
    memcpy(known, c->known + block * WORDS * 8, (rows + 63) / 64 * 8);
}

static int is_known(const Column *c, int64_t row) {
  return c->known == NULL || (c->known[row / 8] >> row % 8 & 1);
}

static double one_double(const Column *c, int64_t row) {
  double found;
  BY_SIZE(doubles, c, row, 1, &found)
  return found;
}

static const uint64_t *plane_of(const Task *t, int number, int64_t block, int rows);

/* Fill the plane of a step for a block; 0 where quotients are too large to be compared so. */
WIDE static int make(const Task *t, int number, int64_t block, int rows, uint64_t *is_true) {
  const Step *s = t->steps + number;
  const Column *c = t->columns + s->column, *other = t->columns + s->other;
  uint64_t known[WORDS] = {0}, divisor[WORDS] = {0}, there[WORDS], *maybe = is_true + WORDS;
  double above[ROWS], below[ROWS];
  switch (s->kind) {
  case WITHIN:
    if (s->from == s->to) memset(is_true, 0, WORDS * 8);
    for (int i = s->from; i < s->to; i++) {
      within(c, block * ROWS, rows, t->stretches + 2 * i, i == s->from ? is_true : there);
      for (int w = 0; i > s->from && w < WORDS; w++) is_true[w] |= there[w];
    }
    known_of(c, block, rows, known);
    if (s->both)
      for (int w = 0; w < WORDS; w++)
        maybe[w] = s->maybe_unknown ? is_true[w] | ~known[w] : is_true[w] & known[w];
    for (int w = 0; w < WORDS; w++)
      is_true[w] = s->true_unknown ? is_true[w] | ~known[w] : is_true[w] & known[w];
    return 1;
  case QUOTIENT:
    BY_SIZE(doubles, c, block * ROWS, rows, above)
    BY_SIZE(doubles, other, block * ROWS, rows, below)
    if (!divided(above, below, rows, s, is_true, there)) return 0;
    known_of(c, block, rows, known);
    known_of(other, block, rows, divisor);
    for (int w = 0; w < WORDS; w++) {
      there[w] &= known[w] & divisor[w];
      maybe[w] = is_true[w] | ~there[w];
      is_true[w] &= there[w];
    }
    return 1;
  }
  const int words = s->both ? 2 * WORDS : WORDS;
  for (int i = s->from; i < s->to; i++) {
    const uint64_t *one = plane_of(t, t->parts[i], block, rows);
    if (one == NULL) return 0;
    if (s->kind == NOT)
      for (int w = 0; w < WORDS; w++) is_true[w] = ~one[WORDS + w], maybe[w] = ~one[w];
    else if (i == s->from)
      memcpy(is_true, one, words * 8);
    else if (s->kind == ALL)
      for (int w = 0; w < words; w++) is_true[w] &= one[w];
    else
      for (int w = 0; w < words; w++) is_true[w] |= one[w];
  }
  return 1;
}

static const uint64_t *plane_of(const Task *t, int number, int64_t block, int rows) {
  uint64_t *plane = t->planes + (int64_t)number * 2 * WORDS;
  if (t->made[number] != block) {
    if (!make(t, number, block, rows, plane)) return NULL;
    t->made[number] = block;
  }
  return plane;
}

static int count_of(const uint64_t *held) {
  int count = 0;
  for (int w = 0; w < WORDS; w++) count += __builtin_popcountll(held[w]);
  return count;
}

/* Clear the rows for which a quotient does not hold, one by one; 0 as for `make`. */
static int keep_quotients(const Task *t, const Step *s, int64_t start, uint64_t *held) {
  const Column *c = t->columns + s->column, *other = t->columns + s->other;
  for (int w = 0; w < WORDS; w++)
    for (uint64_t bits = held[w]; bits; bits &= bits - 1) {
      const int64_t row = start + 64 * w + __builtin_ctzll(bits);
      int keeps = is_known(c, row) && is_known(other, row);
      if (keeps) {
        const double above = one_double(c, row), below = one_double(other, row);
        if (!is_exact(above, below, s->most)) return 0;
        keeps = below != 0 && holds(above / below, s->sign, s->figure);
      }
      if (!keeps) held[w] &= ~(bits & -bits);
    }
  return 1;
}

/* Whom one rule entitles in a block, as bits in `held`: 1 somebody, 0 nobody, -1 as `make`'s 0. */
WIDE static int entitles(const Task *t, int64_t rule, int64_t block, int rows, uint64_t *held) {
  uint64_t any = 1;
  memset(held, 0xff, WORDS * 8);
  for (int w = rows / 64; w < WORDS; w++)
    held[w] = rows > 64 * w ? ((uint64_t)1 << (rows - 64 * w)) - 1 : 0;
  for (int i = t->from[rule]; any && i < t->from[rule + 1]; i++) {
    const int number = t->conditions[i];
    if (t->steps[number].kind == QUOTIENT && t->made[number] != block && count_of(held) <= FEW) {
      if (!keep_quotients(t, t->steps + number, block * ROWS, held)) return -1;
    } else {
      const uint64_t *plane = plane_of(t, number, block, rows);
      if (plane == NULL) return -1;
      for (int w = 0; w < WORDS; w++) held[w] &= plane[w];
    }
    any = 0;
    for (int w = 0; w < WORDS; w++) any |= held[w];
  }
  return any != 0;
}

/* Who is entitled by which rule: `row` and `rule` in the order of the blocks, as far as there is
   room for `capacity` of them. Returns how many there are; -1 where quotients are too large, -2
   where a number is beyond its limits. */
int64_t miaopu_entitled(const Task *t, int64_t capacity, int32_t *row, int32_t *rule) {
  int64_t count = 0;
  for (int64_t block = 0; block * ROWS < t->rows; block++) {
    const int rows = t->rows - block * ROWS < ROWS ? (int)(t->rows - block * ROWS) : ROWS;
    int64_t least = 0, most = 0;
    if (!inside(t, block * ROWS, rows)) return -2;
    if (t->region >= 0) {
      const Column *c = t->columns + t->region;
      BY_SIZE(ends, c, block * ROWS, rows, &least, &most)
    }
    for (int64_t one = 0; one < t->rules; one++) {
      const int64_t *place = t->jurisdiction + 2 * one;
      if (t->region >= 0 && (place[0] > most || place[1] < least)) continue;
      const int found = entitles(t, one, block, rows, t->held);
      if (found < 0) return -1;
      for (int w = 0; found && w < WORDS; w++)
        for (uint64_t bits = t->held[w]; bits; bits &= bits - 1, count++)
          if (count < capacity) {
            row[count] = (int32_t)(block * ROWS + 64 * w + __builtin_ctzll(bits));
            rule[count] = (int32_t)one;
          }
    }
  }
  return count;
}

/* The same rule by rule: the rows of each, in order; `end` says where those of each rule end. */
void miaopu_by_rule(int64_t count, const int32_t *row, const int32_t *rule, int64_t rules,
                    int64_t *end, int64_t *sorted) {
  memset(end, 0, rules * sizeof *end);
  for (int64_t i = 0; i < count; i++) end[rule[i]]++;
  for (int64_t i = 0, sum = 0; i < rules; i++) {
    const int64_t own = end[i];
    end[i] = sum;
    sum += own;
  }
  for (int64_t i = 0; i < count; i++) sorted[end[rule[i]]++] = row[i];
}
