/*
 * bodies: descriptors of the bodies that handlers of this room read themselves; shapes.def describes them.
 */
#ifndef WL_WEB_API_BODIES_H
#define WL_WEB_API_BODIES_H

#include "base/rec.h"

extern const struct rec_desc api_member_desc;          /* property.c */
extern const struct rec_desc api_identifier_desc;      /* meter.c */
extern const struct rec_desc api_backup_asked_desc;    /* backup.c */
extern const struct rec_desc api_backup_opened_desc;   /* backup.c */
extern const struct rec_desc api_bulk_desc;            /* entry.c */
extern const struct rec_desc api_export_asked_desc;    /* export.c */
extern const struct rec_desc api_openwatts_asked_desc; /* openwatts.c */
extern const struct rec_desc api_draft_given_desc;     /* draft.c */
extern const struct rec_desc api_draft_saved_desc;     /* draft.c */
extern const struct rec_desc api_draft_promote_desc;   /* draft.c */
extern const struct rec_desc api_sign_in_desc;         /* user.c */
extern const struct rec_desc api_password_change_desc; /* user.c */
extern const struct rec_desc api_token_wanted_desc;    /* token.c */

#endif
