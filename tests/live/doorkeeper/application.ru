# A Rails application of one file with Doorkeeper and its extension for OpenID Connect, as their generators set them up, on
# SQLite. FOLDER is where its database is, ISSUER its address; SETTINGS is JSON: `previous_refresh_token` as false leaves out
# the column of that name.
require "json"
require "openssl"
require "rails"
require "active_record/railtie"
require "action_controller/railtie"
require "action_view/railtie"
require "sprockets/railtie"
require "doorkeeper"
require "doorkeeper/openid_connect"

FOLDER = ENV.fetch("FOLDER")
ISSUER = ENV.fetch("ISSUER")
SETTINGS = JSON.parse(ENV.fetch("SETTINGS", "{}"))
CALLBACK = "https://app.example/callback".freeze
SIGNING_KEY = OpenSSL::PKey::RSA.new(2048).to_pem
User = Struct.new(:id, :name, :password, :signed_in_at)
ALICE = User.new(1, "alice", "a-password-of-alice-0003")
CLIENTS = {
  "app" => "the-secret-of-the-app-0001",
  "second" => "the-secret-of-the-second-0002",
  "public" => nil
}.freeze

class Example < Rails::Application
  config.root = FOLDER
  config.load_defaults 6.1
  config.eager_load = true
  config.consider_all_requests_local = false
  config.secret_key_base = "a-secret-of-a-test-that-keeps-none"
  config.logger = ActiveSupport::Logger.new(File::NULL)
  config.public_file_server.enabled = false
  config.hosts.clear
end

class ApplicationController < ActionController::Base
  content_security_policy do |policy|
    policy.default_src :none
    policy.frame_ancestors :none
  end
end

class SessionsController < ApplicationController
  PAGE = <<~HTML.freeze
    <!doctype html><title>Log in</title><form method="post"><%= token_tag %>
    <input name="username"><input name="password" type="password"><button>Log in</button></form>
  HTML

  def new
    render inline: PAGE
  end

  def create
    right = [params[:username], params[:password]] == [ALICE.name, ALICE.password]
    return render(inline: PAGE, status: :forbidden) unless right

    page = session[:page]
    reset_session
    session[:user] = ALICE.id
    ALICE.signed_in_at = Time.now
    redirect_to page || "/login"
  end
end

Doorkeeper.configure do
  orm :active_record
  base_controller "ApplicationController"
  resource_owner_authenticator do
    next ALICE if session[:user]

    session[:page] = request.fullpath
    redirect_to("/login")
  end
  default_scopes :openid
  optional_scopes :profile, :read
  use_refresh_token
  grant_flows %w[authorization_code client_credentials]
  skip_authorization { true }
end

Doorkeeper::OpenidConnect.configure do
  issuer ISSUER
  signing_key SIGNING_KEY
  subject_types_supported [:public]
  resource_owner_from_access_token { |_token| ALICE }
  auth_time_from_resource_owner(&:signed_in_at)
  reauthenticate_resource_owner do |_user, _return_to|
    session[:user] = nil
    session[:page] = request.fullpath
    redirect_to("/login")
  end
  subject { |user, _client| user.id.to_s }
  protocol { :http }
  claims { claim(:name, scope: :profile) { |user| user.name } }
end

ENV["DATABASE_URL"] = "sqlite3:#{FOLDER}/database.sqlite3?pool=10&timeout=20000"
Example.initialize!
Example.routes.draw do
  use_doorkeeper { skip_controllers :applications, :authorized_applications }
  use_doorkeeper_openid_connect
  get "/login", to: "sessions#new"
  post "/login", to: "sessions#create"
end

# The tables of Doorkeeper's migrations.
ActiveRecord::Schema.verbose = false
ActiveRecord::Schema.define do
  create_table :oauth_applications do |table|
    table.string :name, null: false
    table.string :uid, null: false, index: { unique: true }
    table.string :secret, null: false
    table.text :redirect_uri
    table.string :scopes, null: false, default: ""
    table.boolean :confidential, null: false, default: true
    table.timestamps null: false
  end
  create_table :oauth_access_grants do |table|
    table.references :resource_owner, null: false
    table.references :application, null: false
    table.string :token, null: false, index: { unique: true }
    table.integer :expires_in, null: false
    table.text :redirect_uri, null: false
    table.datetime :created_at, null: false
    table.datetime :revoked_at
    table.string :scopes, null: false, default: ""
    table.string :code_challenge
    table.string :code_challenge_method
  end
  create_table :oauth_access_tokens do |table|
    table.references :resource_owner
    table.references :application, null: false
    table.string :token, null: false, index: { unique: true }
    table.string :refresh_token, index: { unique: true }
    table.integer :expires_in
    table.datetime :revoked_at
    table.datetime :created_at, null: false
    table.string :scopes
    table.string :previous_refresh_token, null: false, default: "" if SETTINGS.fetch("previous_refresh_token", true)
  end
  create_table :oauth_openid_requests do |table|
    table.references :access_grant, null: false
    table.string :nonce, null: false
  end
end
[Doorkeeper::Application, Doorkeeper::AccessGrant, Doorkeeper::AccessToken].each(&:reset_column_information)

CLIENTS.each do |name, secret|
  registered = { name: name, uid: name, redirect_uri: CALLBACK, confidential: !secret.nil?, scopes: "openid profile read" }
  Doorkeeper::Application.create!(secret: secret || "it-has-none", **registered)
end

run Example
