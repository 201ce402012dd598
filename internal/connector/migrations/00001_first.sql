-- +goose Up
create table message (
  uuid         text   not null primary key,
  sha256       text   not null,
  type         text   not null,
  number       text   not null, -- antragsidentifikation
  case_id      text   not null, -- of FIT-Connect
  entered_at   bigint not null,
  handed_at    bigint not null default 0,
  confirmed_at bigint not null default 0,
  verdict      text   not null default '', -- imported, rejected
  code         text   not null default ''
);
create index message_number on message (number, type);
create table submission (
  id         text    not null primary key,
  case_id    text    not null,
  message    text    not null default '',
  tags       text    not null default '', -- JSON
  problem    text    not null default '', -- JSON, when it must be refused
  seen_at    bigint  not null,
  decided_at bigint  not null default 0,
  outcome    text    not null default '', -- accepted, rejected, gone
  tries      integer not null default 0,
  next_at    bigint  not null default 0
);
create index submission_open on submission (decided_at, seen_at);
create table outgoing (
  uuid       text    not null primary key,
  sha256     text    not null,
  number     text    not null,
  case_id    text    not null,
  tags       text    not null default '', -- JSON; set once the parcel is stored
  progress   text    not null default '{}',
  entered_at bigint  not null,
  sent_at    bigint  not null default 0,
  moved_at   bigint  not null default 0,
  outcome    text    not null default '', -- accepted, rejected
  tries      integer not null default 0,
  next_at    bigint  not null default 0
);
