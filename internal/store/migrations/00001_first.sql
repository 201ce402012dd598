-- +goose Up
-- Times are unix milliseconds; 0 means "not yet". Nothing here holds an answer, a name, a key or a code in the clear.
create table draft (
  id           text   not null primary key,
  ags          text   not null,
  key_verifier bytea  not null,
  created_at   bigint not null,
  expires_at   bigint not null
);
create table draft_document (
  draft_id   text   not null references draft (id) on delete cascade,
  id         text   not null,
  mime       text   not null,
  size       bigint not null,
  sealed     bytea  not null, -- file name and the like, under the draft key
  blob       text   not null,
  created_at bigint not null,
  primary key (draft_id, id)
);
create table application (
  id              text   not null primary key, -- made by the browser: idempotency key and UUID of the message
  case_number     text   not null unique,
  ags             text   not null,
  service         text   not null,
  definition_hash text   not null,
  law_day         text   not null,
  language        text   not null,
  request_digest  bytea  not null,
  code_verifier   bytea  not null,
  case_public     bytea  not null,
  case_wrapped    bytea  not null,
  receipt         text   not null, -- signed; holds no answers
  missing         text   not null, -- ids of evidence still to come, space separated
  received_at     bigint not null
);
create table delivery (
  id             text    not null primary key, -- UUID of the outgoing message
  case_number    text    not null,
  kind           text    not null,             -- application | answer
  destination    text    not null,
  parcel         text    not null,             -- blob with the sealed parts
  accepted_at    bigint  not null,
  sealed_at      bigint  not null,
  handed_over_at bigint  not null default 0,
  fetched_at     bigint  not null default 0,
  imported_at    bigint  not null default 0,
  rejected_at    bigint  not null default 0,
  failed_at      bigint  not null default 0,
  reason         text    not null default '',
  attempts       bigint  not null default 0,
  next_at        bigint  not null default 0,
  progress       text    not null default '{}', -- where the hand-over stands
  fc_case        text    not null default ''
);
create index delivery_pending on delivery (next_at) where imported_at = 0 and rejected_at = 0 and failed_at = 0;
create index delivery_case on delivery (case_number, accepted_at);
create table message (
  id           text   not null primary key, -- message UUID of the standard, or of the answer
  case_number  text   not null,
  kind         text   not null,             -- question | answer
  in_reply_to  text   not null default '',
  sealed       bytea  not null,             -- to the case key
  attachment   text   not null default '',  -- blob, sealed to the case key
  at           bigint not null
);
create index message_case on message (case_number, at);
create table attempt (
  subject       text   not null primary key,
  failures      bigint not null,
  blocked_until bigint not null
);
create table destination_key (
  destination text   not null primary key,
  kid         text   not null,
  jwk         text   not null,
  fetched_at  bigint not null
);
