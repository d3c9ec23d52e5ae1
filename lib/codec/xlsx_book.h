/*
 * xlsx_book: what is around a sheet: the list of sheets, the number formats, the shared texts. Of xlsx.c only.
 */
#ifndef WL_CODEC_XLSX_BOOK_H
#define WL_CODEC_XLSX_BOOK_H

#include "codec/xlsx.h"
#include "codec/xlsx_value.h"
#include "codec/zip.h"

#define XLSX_STYLES_MAX 65536 /* styles of cells, and numbers of formats */
#define XLSX_PATH_MAX   256

struct xlsx_sheet {
	char name[128]; /* 31 characters are allowed */
	char relation[64];
	char path[XLSX_PATH_MAX]; /* its part; empty if it is a chart or the like */
	bool hidden;
};

struct xlsx_book {
	struct zip_in *zip;
	char path[XLSX_PATH_MAX]; /* of the workbook's own part; the others' are empty where there are none */
	char styles_path[XLSX_PATH_MAX];
	char texts_path[XLSX_PATH_MAX];
	bool from_1904;
	size_t sheets;
	struct xlsx_sheet sheet[ZIP_IN_ENTRIES_MAX];
	size_t styles;
	uint8_t style[XLSX_STYLES_MAX];  /* enum xlsx_kind of each cell style */
	uint8_t format[XLSX_STYLES_MAX]; /* of each format that the book states, plus 1; 0: not stated */
	struct buf texts;
	struct buf ends; /* uint32_t for each text: where it ends in `texts` */
};

/* `b` zeroed. Reads the list of sheets. False with `why`; xlsx_book_close in any case. */
bool xlsx_book_open(struct xlsx_book *b, int fd, char why[XLSX_WHY]);
/* Reads the formats and the shared texts. */
bool xlsx_book_load(struct xlsx_book *b, char why[XLSX_WHY]);
void xlsx_book_close(struct xlsx_book *b);
/* The shared text with that number; p == NULL if there is none. */
struct str xlsx_book_text(const struct xlsx_book *b, uint64_t i);

#endif
