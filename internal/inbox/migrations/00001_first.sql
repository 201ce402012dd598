-- +goose Up
create table vorgang (
  number      text   not null primary key,
  application text   not null, -- UUID of the latest 130101
  name        text   not null,
  birth       text   not null,
  title       text   not null,
  ground      text   not null, -- code of ozg.antragsgrund
  search      text   not null, -- what the search looks through, folded
  test        integer not null,
  received_at bigint not null
);
create table nachricht (
  uuid        text   not null primary key,
  number      text   not null,
  type        text   not null,
  deadline    text   not null default '',
  received_at bigint not null,
  opened_at   bigint not null default 0
);
create index nachricht_number on nachricht (number, received_at);
create table session (
  token      text   not null primary key, -- SHA-256
  person     text   not null,
  expires_at bigint not null
);
create table attempt (
  who   text    not null primary key, -- SHA-256 of name and address
  count integer not null,
  until bigint  not null
);
